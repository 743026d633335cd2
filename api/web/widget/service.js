// The service across origins: no cookies are sent or taken, and a reply is read as it arrives.

const SILENCE_MS = 60000;
const LOST = "没有连上咨询服务，问题还没有得到答复。请检查网络后点“再试一次”，或者拨打 12345。";
const NOT_PERMITTED = `本网站（${location.origin}）还没有获准使用在线咨询。请直接访问咨询网站，或者拨打 12345。（网站管理人员：请联系咨询服务的管理员，把上述地址加入允许嵌入的网站。）`;

class Refusal extends Error {}

async function send(path, options = {}) {
  const response = await fetch(new URL(path, BASE), { mode: "cors", credentials: "omit", referrerPolicy: "no-referrer", ...options });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refusal(problem.detail || "咨询服务暂时不能答复，请稍后再试，或者拨打 12345。");
}

function post(path, body, accept, signal) {
  const headers = { "Content-Type": "application/json", Accept: accept };
  return send(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

// Yields { name, content } for every event; ends by an error where the stream is cut off or falls silent (it sends a sign of life every 15 s).
async function* events(response, stop) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  let timer;
  try {
    for (;;) {
      timer = setTimeout(() => stop.abort(), SILENCE_MS);
      const { done, value } = await reader.read();
      clearTimeout(timer);
      if (done) return;
      const whole = (waiting + value).replace(/\r\n/g, "\n").split("\n\n");
      waiting = whole.pop();
      for (const event of whole) {
        const lines = event.split("\n");
        const name = lines.find((line) => line.startsWith("event: "));
        const content = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
        if (name) yield { name: name.slice(7), content: JSON.parse(content) };
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

// A browser does not tell a page why a request to another origin failed; whether the script can still be had tells it.
async function whyItFailed(error) {
  if (error instanceof Refusal) return error.message;
  const responds = (request) => request.then(() => true, (failure) => failure instanceof Refusal);
  const reachable = await responds(fetch(SCRIPT.src, { mode: "no-cors", cache: "no-store", credentials: "omit" }));
  const heard = reachable && (await responds(send("api/v1/widget")));
  return reachable && !heard ? NOT_PERMITTED : LOST;
}
