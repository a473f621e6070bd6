"""The fact tables: what was so, as somebody told it. Decisions are in `decisions`."""

from ringfence.tables import Column, Table

PLACE_KINDS = (
    "office", "workshop", "classroom", "dormitory", "canteen", "restaurant", "entertainment",
    "shop", "supermarket", "market", "clinic", "hospital", "care_home", "bus", "metro", "train",
    "coach", "aircraft", "taxi", "lift", "worship", "event", "quarantine_site", "sampling_point",
    "outdoors", "other",
)  # fmt: skip
DUTIES = ("headquarters", "sampling", "tracing", "visits", "transfers", "laboratory", "zones", "coverage")
"""What a unit can answer for in an area."""
ZONE_LEVELS = ("sealed", "controlled", "precaution", "high", "medium", "low")
STEPS = (
    "reported", "notified", "arrived_on_site", "interviewed", "contacts_listed", "placed", "swabbed",
    "transferred", "place_locked", "visited", "needs_met", "disinfected", "closed", "refused",
)  # fmt: skip
"""Steps of the work chain that somebody says were done."""
ORIGINS = ("abroad", "high", "medium", "low", "affected", "none")
"""What sort of place somebody comes from; affected: the rest of a county with a risk area."""
MANNERS = (
    "talk", "physical", "sexual", "fluids", "care", "bedding", "funeral", "breastfeeding",
    "aerosol_procedure", "shared_air", "needle",
)  # fmt: skip
"""In what way somebody met a case."""
OCCUPATIONS = (
    "quarantine_staff", "health_worker", "fever_clinic", "port", "cold_chain", "truck_driver", "courier",
    "transport", "market", "shop", "pharmacy", "hotel", "restaurant", "entertainment", "school", "pupil",
    "care_home", "prison", "construction", "factory", "sanitation", "office", "farmer", "retired", "other",
)  # fmt: skip
"""What work people do, as far as testing cadences ask."""
REPORTED = ("suspected", "probable", "confirmed", "asymptomatic", "excluded")
VEHICLES = ("none", "car", "coach", "freight")
TESTS = ("nat", "antigen", "smear", "culture", "immune")
"""Nucleic acid, antigen, microscopy, culture; skin or blood test of an immune answer (tuberculosis)."""
SOURCE = Column("source", "text", "来源", "Where the row comes from, as the sender names it.")

AREA = Table(
    "area", "区域", "A node of the division tree, from province down to household.",
    (
        Column("area", "area", "区划代码", "Its code.", key=True),
        Column("name_zh", "text", "名称", "Its name in Chinese.", required=True),
        Column("name_en", "text", "英文名称", "Its name in English."),
        Column("alias_of", "area", "别名指向", "The code in force that this one stands for."),
        Column("valid_from", "day", "启用日期", "First day the code is in force."),
        Column("valid_to", "day", "停用日期", "First day the code is no longer in force."),
        Column("lon", "real", "经度", "Longitude of its middle.", unit="degree"),
        Column("lat", "real", "纬度", "Latitude of its middle.", unit="degree"),
        SOURCE,
    ),
)  # fmt: skip
UNIT = Table(
    "unit", "责任单位", "An organisation answerable for one duty in one area.",
    (
        Column("unit", "code", "单位编号", "Its id.", key=True),
        Column("duty", "choice", "职责", "What it answers for.", key=True, choices=DUTIES),
        Column("area", "area", "责任区域", "Where: the longest matching area wins.", key=True),
        Column("name_zh", "text", "单位名称", "Its name in Chinese.", required=True),
        Column("name_en", "text", "单位英文名称", "Its name in English."),
        SOURCE,
    ),
)  # fmt: skip
PERSON = Table(
    "person", "人员", "A person, under a pseudonym; who they are is in the vault.",
    (
        Column("person", "person", "人员编号", "Pseudonym, made from the ID number.", key=True),
        Column("name", "text", "姓名", "Name.", personal=True),
        Column("id_number", "text", "身份证号", "Citizen ID number (GB 11643).", personal=True),
        Column("phone", "text", "手机号", "Telephone.", personal=True),
        Column("birth_year", "int", "出生年份", "Year of birth.", unit="year", least=1880, most=2100),
        Column("sex", "choice", "性别", "Sex.", choices=("female", "male")),
        Column("occupation", "text", "职业", "Occupation; rules ask for words of theirs, the rest is kept.",
               words=OCCUPATIONS),
        Column("needs", "text", "特殊需求", "Help needed when confined: such as dialysis."),
        SOURCE,
    ),
    {"公民身份号码": "id_number", "证件号码": "id_number", "身份证": "id_number", "身份证号码": "id_number",
     "电话": "phone", "联系电话": "phone", "手机": "phone", "id number": "id_number"},
)  # fmt: skip
RESIDENCE = Table(
    "residence", "居住", "Where a person lives, apart from where they are registered.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("kind", "choice", "居住类型", "Living address or registered address.", key=True,
               choices=("living", "registered")),
        Column("area", "area", "住址代码", "The household, or the finest area known.", required=True),
        Column("from_day", "day", "起始日期", "First day there."),
        Column("to_day", "day", "截止日期", "First day no longer there."),
        SOURCE,
    ),
)  # fmt: skip
PLACE = Table(
    "place", "场所", "Somewhere people meet.",
    (
        Column("place", "place", "场所编号", "Its number.", key=True),
        Column("name_zh", "text", "场所名称", "Its name in Chinese.", required=True),
        Column("name_en", "text", "场所英文名称", "Its name in English."),
        Column("kind", "choice", "场所类型", "What sort of place.", required=True, choices=PLACE_KINDS),
        Column("area", "area", "所在区域", "The finest area that holds it.", required=True),
        Column("closed", "bool", "是否密闭", "Whether it is a closed space."),
        Column("lon", "real", "经度", "Longitude.", unit="degree"),
        Column("lat", "real", "纬度", "Latitude.", unit="degree"),
        SOURCE,
    ),
)  # fmt: skip
MEMBERSHIP = Table(
    "membership", "归属", "A person's standing tie to a place: work, class, group.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("place", "place", "场所编号", "Where.", key=True),
        Column("kind", "choice", "归属类型", "What tie.", key=True, choices=("work", "class", "group")),
        Column("part", "int", "部位编号", "The room, team or class within the place."),
        SOURCE,
    ),
)  # fmt: skip
VISIT = Table(
    "visit", "到访", "A person at a place from one instant until another.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("place", "place", "场所编号", "Where.", key=True),
        Column("enter", "instant", "进入时间", "From when.", key=True),
        Column("leave", "instant", "离开时间", "Until when; absent for a single scan."),
        Column("part", "int", "部位编号", "The room, carriage or table within the place."),
        Column("seat_row", "int", "座位排", "The row of the seat, counted from the front."),
    ),
)  # fmt: skip
VISIT_PARTITION = Table(
    "visit_partition", "到访分区", "A day of visits kept as a Parquet file beside the journal.",
    (
        Column("day", "day", "日期", "The civil day its visits begin on.", key=True),
        Column("source", "text", "来源", "Who sent it.", key=True),
        Column("file", "text", "文件", "Its path below the store.", required=True),
        Column("digest", "code", "摘要", "SHA-256 of the file.", required=True),
        Column("rows", "int", "行数", "Rows in it.", required=True, least=0),
    ),
)  # fmt: skip
FIX = Table(
    "fix", "定位", "Where a person's device was: as coordinates, or in a cell of somebody's grid.",
    (
        Column("person", "person", "人员编号", "Whose.", key=True),
        Column("begin", "instant", "开始时间", "From when.", key=True),
        Column("end", "instant", "结束时间", "Until when; absent for a single instant."),
        Column("lon", "real", "经度", "Longitude (WGS 84).", unit="degree"),
        Column("lat", "real", "纬度", "Latitude (WGS 84).", unit="degree"),
        Column("cell", "code", "网格编号", "The cell, as whoever keeps the grid names it."),
        Column("cell_m", "int", "网格边长", "The side of that cell.", unit="metre", least=1),
        SOURCE,
    ),
    {"longitude": "lon", "latitude": "lat"},
)  # fmt: skip
ROUND = Table(
    "round", "检测轮次", "A screening round in one area; a round over several areas is several rows.",
    (
        Column("round", "code", "轮次编号", "Its id.", key=True),
        Column("area", "area", "区域代码", "Where.", key=True),
        Column("name_zh", "text", "轮次名称", "Its name in Chinese.", required=True),
        Column("name_en", "text", "轮次英文名称", "Its name in English."),
        Column("opens_at", "instant", "开始时间", "When sampling starts.", required=True),
        Column("due_at", "instant", "截止时间", "When everyone is to have been sampled.", required=True),
        SOURCE,
    ),
)  # fmt: skip
TUBE = Table(
    "tube", "采样管", "A tube of one or more swabs.",
    (
        Column("tube", "code", "管码", "Its barcode.", key=True),
        Column("pool", "int", "混采人数", "How many swabs it is for.", required=True, unit="person",
               least=1, most=50),
        Column("round", "code", "轮次编号", "The round it belongs to."),
        Column("place", "place", "采样点编号", "The sampling point."),
        Column("area", "area", "采样区域", "Where it was filled."),
        Column("received_at", "instant", "实验室接收时间", "When the laboratory had it."),
        SOURCE,
    ),
)  # fmt: skip
SAMPLE = Table(
    "sample", "采样", "One person's swab in a tube.",
    (
        Column("tube", "code", "管码", "Which tube.", key=True),
        Column("person", "person", "人员编号", "Whose.", key=True),
        Column("sampled_at", "instant", "采样时间", "When taken.", required=True),
        SOURCE,
    ),
)  # fmt: skip
RESULT = Table(
    "result", "检测结果", "What the laboratory, or an antigen kit, said of a tube.",
    (
        Column("tube", "code", "管码", "Which tube or kit.", key=True),
        Column("test", "choice", "检测方法", "Which test.", key=True, choices=TESTS),
        Column("result", "choice", "结果", "What it said.", required=True,
               choices=("negative", "positive", "grey", "invalid")),
        Column("ct_x100", "int", "Ct值×100", "Cycle threshold in hundredths.", unit="0.01 cycle", least=0),
        Column("tested_at", "instant", "检测时间", "When tested."),
        Column("reported_at", "instant", "报告时间", "When reported.", required=True),
        Column("laboratory", "code", "实验室", "Which laboratory."),
        SOURCE,
    ),
)  # fmt: skip
CASE_REPORT = Table(
    "case_report", "病例报告", "What a clinician or another city says of a person's illness.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("reported_at", "instant", "报告时间", "When reported.", required=True),
        Column("symptoms", "choice", "症状", "Whether there are symptoms.", choices=("yes", "no")),
        Column("onset", "day", "发病日期", "First day of symptoms."),
        Column("status", "choice", "状态", "What the reporter calls them.",
               choices=REPORTED),
        Column("elsewhere", "bool", "外地报告", "Whether another city reported and keeps the case."),
        SOURCE,
    ),
)  # fmt: skip
INTERVIEW = Table(
    "interview", "流调接触", "A meeting with a case, as told to a tracer or measured by a device.",
    (
        Column("case", "person", "病例编号", "The case.", key=True),
        Column("person", "person", "接触者编号", "Who they met.", key=True),
        Column("begin", "instant", "开始时间", "From when.", key=True),
        Column("end", "instant", "结束时间", "Until when.", required=True),
        Column("setting", "choice", "接触场景", "Where they met.", choices=("home", *PLACE_KINDS)),
        Column("relation", "choice", "关系", "What they are to each other.",
               choices=("lives_with", "carer", "colleague", "classmate", "friend", "stranger")),
        Column("near", "bool", "是否近距离", "Whether at close range."),
        Column("distance_m", "int", "距离", "How far apart.", unit="metre", least=0),
        Column("manner", "choice", "接触方式", "In what way they met.", choices=MANNERS),
        Column("protected", "bool", "是否有效防护", "Whether protection was effective."),
        Column("investigator", "bool", "流调判定", "Whether the investigator judges it a close contact."),
        SOURCE,
    ),
)  # fmt: skip
STAY = Table(
    "stay", "在管去向", "A person kept, cared for or away somewhere.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("kind", "choice", "去向类型", "Why they are there.", key=True,
               choices=("hold", "central", "home", "hospital", "away", "closed_loop")),
        Column("begin", "instant", "开始时间", "From when.", key=True),
        Column("end", "instant", "结束时间", "Until when; absent while it lasts."),
        Column("place", "place", "场所编号", "Which site or hospital."),
        SOURCE,
    ),
)  # fmt: skip
ZONE = Table(
    "zone", "管控区域", "A zone somebody with authority declared.",
    (
        Column("area", "area", "区域代码", "Which area.", key=True),
        Column("level", "choice", "管控级别", "Which level.", key=True,
               choices=ZONE_LEVELS),
        Column("begin", "instant", "开始时间", "From when.", key=True),
        Column("end", "instant", "解除时间", "When lifted; absent while in force."),
        Column("authority", "text", "发布机关", "Who ordered it.", required=True),
        Column("notice", "text", "通告编号", "The notice it was published in."),
        SOURCE,
    ),
)  # fmt: skip
EXEMPTION = Table(
    "exemption", "免检", "A person not to be sampled for a while, and why.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("from_day", "day", "起始日期", "First day.", key=True),
        Column("to_day", "day", "截止日期", "First day no longer.", required=True),
        Column("reason", "text", "原因", "Why.", required=True),
        SOURCE,
    ),
)  # fmt: skip
STEP = Table(
    "step", "工作环节", "A step of the work that somebody says was done.",
    (
        Column("subject", "code", "对象", "Person (P…), tube (T:…) or area (A:…) it was done for.", key=True),
        Column("step", "choice", "环节", "Which step.", key=True, choices=STEPS),
        Column("at", "instant", "完成时间", "When it was done.", required=True),
        Column("unit", "code", "单位编号", "Who did it."),
        SOURCE,
    ),
)  # fmt: skip
ARRIVAL = Table(
    "arrival", "抵达", "A person who came from somewhere else, and what sort of place that was.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("at", "instant", "抵达时间", "When they arrived.", key=True),
        Column("origin", "choice", "来源地类型", "What sort of place they came from.", required=True,
               choices=ORIGINS),
        Column("left_day", "day", "离开日期", "The day they left there."),
        Column("vehicle", "choice", "交通方式", "What they came in.", choices=VEHICLES),
        Column("permit", "bool", "通行证", "Whether a valid permit was shown."),
        SOURCE,
    ),
)  # fmt: skip
MILESTONE = Table(
    "milestone", "病程节点", "A dated point in an illness, beside the onset that a case report tells.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("kind", "choice", "节点", "Which point.", key=True,
               choices=("rash", "cough", "treatment", "recovery")),
        Column("day", "day", "日期", "On which day.", required=True),
        SOURCE,
    ),
)  # fmt: skip
IMMUNITY = Table(
    "immunity", "免疫史", "What protects a person, or was given to protect them.",
    (
        Column("person", "person", "人员编号", "Who.", key=True),
        Column("kind", "choice", "类型", "What.", key=True,
               choices=("vaccine", "infection", "immune_globulin", "medicine", "test")),
        Column("at", "instant", "时间", "When; the start of the day where no time is known.", key=True),
        Column("immune", "bool", "是否免疫", "Whether it makes them immune, as the register says."),
        Column("dose", "int", "剂次", "Which dose.", least=1),
        SOURCE,
    ),
)  # fmt: skip
ASSESSMENT = Table(
    "assessment", "专家研判", "What experts judge of an area or place where cases were.",
    (
        Column("area", "area", "区域代码", "Which area.", key=True),
        Column("spread", "choice", "传播可能性", "How likely spread there is.",
               choices=("high", "some", "low")),
        Column("traceable", "bool", "接触者可追踪", "Whether those exposed there can be traced."),
        Column("chain", "choice", "传播链", "Whether the chain of infection is clear.",
               choices=("clear", "unclear")),
        SOURCE,
    ),
)  # fmt: skip
EDITION = Table(
    "edition", "规则版本", "An edition of the rules that somebody with authority put in force here.",
    (
        Column("edition", "code", "版本编号", "Its id.", key=True),
        Column("text", "text", "正文", "The whole file.", required=True),
        Column("authority", "text", "启用机关", "Who put it in force.", required=True),
        Column("area", "area", "适用区域", "Where, if not where it says itself."),
        Column("begin", "instant", "启用时间", "From when, if not from when it says itself."),
        Column("withdrawn", "bool", "是否撤销", "Whether it is withdrawn."),
        Column("reason", "text", "原因", "Why."),
        SOURCE,
    ),
)  # fmt: skip
RETRACTION = Table(
    "retraction", "撤回", "A fact that was wrong and is withdrawn.",
    (
        Column("fact", "fact", "事实编号", "The fact's number.", key=True),
        Column("reason", "text", "原因", "Why.", required=True),
    ),
)  # fmt: skip
DELETION = Table(
    "deletion", "到期删除", "Visits deleted for good because the time they are kept had ended.",
    (
        Column("what", "code", "删除对象", "A file of visits, or S and a submission's number.", key=True),
        Column("before", "day", "截止日期", "Visits that begin before this day are gone.", required=True),
        Column("left", "code", "剩余摘要", "SHA-256 of what is left of the submission; absent for a file."),
        Column("rows", "int", "行数", "How many visits were deleted.", required=True, least=0),
        Column("authority", "text", "决定机关", "Who decided it.", required=True),
        Column("reason", "text", "原因", "Why."),
    ),
)  # fmt: skip
DEVICE = Table(
    "device", "设备", "A device that may send facts to the front door: offered, enrolled or revoked.",
    (
        Column("device", "code", "设备编号", "Its id.", key=True),
        Column("state", "choice", "状态", "Offered a code, enrolled with it, or revoked.", required=True,
               choices=("offered", "enrolled", "revoked")),
        Column("duty", "choice", "用途", "What it may do: send tubes, send results, or ask for results.",
               required=True, choices=("sampling", "laboratory", "enquiry")),
        Column("place", "place", "采样点编号", "The sampling point it stands at."),
        Column("round", "code", "轮次编号", "The round it samples for."),
        Column("secret", "code", "密钥摘要", "SHA-256 of its code while offered, then of its token."),
        Column("until", "instant", "有效期", "Until when the code may be used."),
        Column("reason", "text", "原因", "Why it was revoked."),
    ),
)  # fmt: skip
LABEL = Table(
    "label", "管签", "A run of tube labels given out for a round; no number of it is ever given out again.",
    (
        Column("round", "code", "轮次编号", "The round they are for.", key=True),
        Column("first", "int", "首号", "The first running number.", key=True, least=1),
        Column("last", "int", "末号", "The last running number.", required=True, least=1),
        Column("pool", "int", "混采人数", "How many swabs each tube is for.", required=True, unit="person",
               least=1, most=50),
    ),
)  # fmt: skip

FACTS: dict[str, Table] = {
    table.name: table
    for table in (
        AREA, UNIT, PERSON, RESIDENCE, PLACE, MEMBERSHIP, VISIT, VISIT_PARTITION, FIX, ROUND, TUBE, SAMPLE,
        RESULT, CASE_REPORT, INTERVIEW, STAY, ZONE, EXEMPTION, STEP, ARRIVAL, MILESTONE, IMMUNITY,
        ASSESSMENT, EDITION, RETRACTION, DELETION, DEVICE, LABEL,
    )
}  # fmt: skip
"""Every kind of fact, by name."""
KEEPING = (VISIT_PARTITION.name, RETRACTION.name, DELETION.name, DEVICE.name, LABEL.name)
"""The kinds that say how others come in, are kept, taken back or gone, and nothing of the city."""
