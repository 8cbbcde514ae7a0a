// One load: keeps so many connections busy for so long with asks or full cycles, counts what was answered as it should
// be, and prints the count. A process of its own with bare sockets, so that it takes little of the machine.
import { connect } from "node:net";

const { port, kind, connections, seconds, targets } = JSON.parse(process.argv[2]);

/** One keep-alive connection, one request at a time. Answers are told apart by Content-Length, which both programs send. */
class Connection {
  #socket = connect(port, "127.0.0.1");
  #buffer = "";
  #done = null;

  constructor() {
    this.#socket.setNoDelay(true);
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (chunk) => this.#read(chunk));
    this.#socket.on("error", (error) => {
      console.error(error.message);
      process.exit(1);
    });
  }

  call(method, path, headers, body = "") {
    const length = body ? `content-type: application/json\r\ncontent-length: ${body.length}\r\n` : "";
    this.#socket.write(`${method} ${path} HTTP/1.1\r\nhost: x\r\n${headers}${length}\r\n${body}`);
    return new Promise((done) => (this.#done = done));
  }

  #read(chunk) {
    this.#buffer += chunk;
    const head = this.#buffer.indexOf("\r\n\r\n");
    if (head < 0) return;
    const at = this.#buffer.toLowerCase().indexOf("content-length: ");
    const chunked = at < 0 || at > head;
    const end = chunked ? this.#buffer.indexOf("\r\n0\r\n\r\n", head) : head + 4 + parseInt(this.#buffer.slice(at + 16), 10);
    if (chunked ? end < 0 : this.#buffer.length < end) return;
    const answer = this.#buffer;
    this.#buffer = "";
    this.#done(answer);
  }

  close() {
    this.#socket.destroy();
  }
}

let count = 0;
let wrong = 0;
let turn = 0;
const ends = performance.now() + seconds * 1000;

function check(answer, ...expected) {
  if (expected.every((part) => answer.includes(part))) return;
  if (wrong++ === 0) console.error(`expected ${expected.join(" and ")}:\n${answer.slice(0, 600)}`);
}

const status = (name) => `"status":"${name}"`;
const member = (answer, name) => new RegExp(`"${name}":"?([^",}]+)`).exec(answer)?.[1];

async function worker(target) {
  const agent = new Connection();
  const person = kind === "cycle" ? new Connection() : null;
  while (performance.now() < ends) {
    const number = turn++;
    const body = `{"tool":"${target.tool}","reason":"measured","session_id":"s${number % 1000}","arguments":{"id":"t${number}"}}`;
    const asked = await agent.call("POST", target.askPath, target.agentHeaders, body);
    check(asked, " 201 ", status(target.expected));
    if (person) {
      const id = member(asked, "id");
      const heard = agent.call("GET", target.waitPath.replace("{id}", id), `${target.agentHeaders}prefer: wait=30\r\n`);
      const digest = member(asked, "action_digest");
      const decided = await person.call(
        "POST",
        target.decidePath.replace("{id}", id),
        `${target.personHeaders}if-match: "1"\r\n`,
        `{"verdict":"approve","digest":"${digest}"}`,
      );
      check(decided, " 200 ", status("approved"));
      check(await heard, " 200 ", status("approved"));
    }
    if (performance.now() < ends) count++;
  }
  agent.close();
  person?.close();
}

await Promise.all(Array.from({ length: connections }, (_, i) => worker(targets[i % targets.length])));
console.log(JSON.stringify({ count, wrong, perSecond: count / seconds }));
