"""The table of a draw: worked out when somebody asks, and the same whenever it is asked again."""

from ringfence.tables import Column, Table

DRAWN = Table(
    "draw", "抽签", "Who was drawn, lowest lot first.",
    (
        Column("draw", "text", "抽签名称", "The draw's name.", key=True),
        Column("order", "int", "次序", "Which in the order of the lots, from 1.", key=True),
        Column("person", "person", "人员编号", "Who.", required=True),
        Column("lot", "code", "签号", "SHA-256 of seed, name and pseudonym, each a line.", required=True),
    ),
)  # fmt: skip
