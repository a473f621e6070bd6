// Every sentence the page says by itself, in Chinese and English; what the server says comes with both.

export const WORDS = {
  idCheck: ['身份证号校验码不符,请核对重输', 'the check character of this ID number is wrong; look at the card again'],
  idBirth: ['身份证号中的出生日期不存在', 'the birth date in this ID number is no date'],
  idLength: ['身份证号应为18位', 'an ID number has 18 characters'],
  unknownCode: ['不是管码、身份证号或P码', 'neither a tube, an ID number nor a P code'],
  noTube: ['请先扫管码', 'scan a tube first'],
  tubeOpen: ['本管未封,请先封管', 'this tube is not closed; close it first'],
  tubeTwice: ['此管码本机已用过', 'this tube was scanned on this device before'],
  twiceHere: ['重复:此人已在本管', 'scanned twice: already in this tube'],
  twiceRound: ['重复:此人本轮已在本机采过', 'scanned twice: sampled on this device in this round'],
  tubeFull: ['本管已满,请封管', 'this tube is full; close it'],
  sizeSmall: ['管内人数已超过该规格', 'there are more people in the tube than that'],
  empty: ['管内还没有人', 'nobody is in the tube yet'],
  nothing: ['没有可撤销的', 'nothing to undo'],
  tubeBegun: ['已开管', 'tube begun'],
  tubeChanged: ['已换管码', 'the code of the tube is changed'],
  changeArmed: ['请扫新的管码', 'now scan the new code of the tube'],
  personIn: ['已录入', 'person kept'],
  tubeClosed: ['已封管,待上传', 'tube closed; waits to be sent'],
  undone: ['已撤销', 'undone'],
  removed: ['已移除', 'removed'],
  reopened: ['已重新打开,改正后再封管', 'opened again; mend it, then close it'],
  notSaved: ['未能保存,请重试;仍不行请换设备', 'NOT kept; try again, or take another device'],
  damaged: ['有记录无法读取,请交技术人员,勿清除浏览器数据', 'some records cannot be read: call for help, do not clear this browser'],
  otherWindow: ['本页已在另一窗口打开', 'this page is open in another window'],
  noStore: ['此浏览器无法加密保存,请换设备', 'this browser cannot keep things encrypted; take another device'],
  enrolOffline: ['没有网络,登记需要联网', 'no network; enrolling needs one'],
  enrolWrong: ['此注册码不是采样设备的', 'this code is not for a device that samples'],
  enrolled: ['设备已登记', 'the device is enrolled'],
  revoked: ['设备未登记或已注销。未上传的仍保存在本机,请用新注册码登记', 'this device is not enrolled, or was revoked. What waits is kept here; enrol it again with a new code'],
  otherRound: ['属于另一轮次,登记该轮后上传', 'of another round; is sent once the device is enrolled for that round'],
  waiting: ['待上传', 'waiting'],
  sent: ['已上传', 'sent'],
  refused: ['被退回', 'refused'],
  offline: ['无网络,已保存在本机', 'no network; kept on this device'],
  busy: ['服务器忙,稍后自动重发', 'the server is busy; sent again by itself'],
  online: ['已联网', 'connected'],
  sending: ['正在上传', 'sending'],
  remove: ['移除', 'remove'],
  reopen: ['重新打开', 'open again'],
  people: ['人', 'people'],
  tubeNone: ['请扫管码', 'scan a tube'],
  rightIs: ['应为', 'right would be'],
  handed: ['已交接', 'handed over'],
  cameraNone: ['无法使用相机', 'the camera cannot be used'],
};

/** An element with both languages. Text only: nothing that was scanned or sent can become markup. */
export function both(zh, en, tag = 'span') {
  const element = document.createElement(tag);
  const [first, second] = [document.createElement('span'), document.createElement('span')];
  first.lang = 'zh-CN';
  second.lang = 'en';
  first.className = 'zh';
  second.className = 'en';
  first.textContent = zh;
  second.textContent = en;
  element.append(first, ' ', second);
  return element;
}

export function said(word, tag = 'span') {
  const [zh, en] = WORDS[word];
  return both(zh, en, tag);
}
