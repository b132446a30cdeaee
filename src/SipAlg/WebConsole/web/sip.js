// What the console reads out of a message's text.

/** @returns { isRequest, method, status, reason, start, headers: [[name, value]], body, cseq } */
export function parse(text) {
  const end = text.search(/\r?\n\r?\n/);
  const head = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? "" : text.slice(end).replace(/^\r?\n\r?\n/, "");
  const [start, ...lines] = head.split(/\r?\n/);
  const headers = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (/^[ \t]/.test(line) && headers.length) headers.at(-1)[1] += `\n${line}`;
    else if (colon > 0) headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  const cseq = value(headers, "CSeq");
  const answer = start.match(/^SIP\/2\.0 (\d{3}) ?(.*)$/);
  return {
    start, headers, body, cseq,
    isRequest: !answer,
    method: answer ? cseq.split(/\s+/)[1] ?? "" : start.split(" ", 1)[0],
    status: answer ? Number(answer[1]) : 0,
    reason: answer?.[2] ?? "",
  };
}

/** Compact forms of RFC 3261 7.3.3 that matter here. */
const compact = { "content-type": "c", "call-id": "i", from: "f", to: "t", via: "v", contact: "m" };

export function value(headers, name) {
  const wanted = name.toLowerCase();
  return headers.find(([other]) => other.toLowerCase() === wanted || other.toLowerCase() === compact[wanted])?.[1] ?? "";
}

/** The SDP of a message; empty without any. Of a multipart body the part that is one. */
export function sdp(message) {
  const begins = message.body.search(/^v=0\r?$/m);
  if (begins < 0) return "";
  const rest = message.body.slice(begins);
  const boundary = rest.search(/^--/m);
  return (boundary < 0 ? rest : rest.slice(0, boundary)).trimEnd();
}

/** What a rung says: INVITE, 180 Ringing, 200 OK (BYE). */
export function label(message) {
  if (message.isRequest) return message.method;
  const answersInvite = message.method === "INVITE" || message.method === "";
  return `${message.status} ${message.reason}${answersInvite ? "" : ` (${message.method})`}`.trim();
}

/** ok, warn, bad or "": how a message looks upon the call. A challenge is not a failure yet. */
export function tone(message) {
  if (message.isRequest) return message.method === "CANCEL" ? "warn" : "";
  if (message.status < 200) return "";
  if (message.status < 300) return "ok";
  return message.status < 400 || message.status === 401 || message.status === 407 || message.status === 487 ? "warn" : "bad";
}
