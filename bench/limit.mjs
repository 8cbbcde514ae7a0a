// The limit: what a program that only stores could do on this machine. Bare node:http and pg; asking is one INSERT,
// deciding one UPDATE, waiting an event in memory. No tenant, no policy, no audit, no checks. Statements as pg sends them
// (`plain`), or named, so that PostgreSQL parses and plans each once (`prepared`).
import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import pg from "pg";

const [url, port, poolSize, statements] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: Number(poolSize), application_name: "limit" });
const decided = new EventEmitter().setMaxListeners(0);

const read = (request) =>
  new Promise((done) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk)).on("end", () => done(JSON.parse(text)));
  });
const query = (name, text, values) => pool.query({ name: statements === "prepared" ? name : undefined, text, values });
const send = (response, status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

createServer(async (request, response) => {
  const [, action, id] = request.url.split("/");
  if (action === "ask") {
    const { rows } = await query("ask", "insert into bare (body) values ($1) returning id, status", [await read(request)]);
    send(response, 201, rows[0]);
  } else if (action === "wait") {
    decided.once(id, (row) => send(response, 200, row));
  } else {
    await read(request);
    const { rows } = await query("decide", "update bare set status = 'approved' where id = $1 returning id, status", [id]);
    decided.emit(id, rows[0]);
    send(response, 200, rows[0]);
  }
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
