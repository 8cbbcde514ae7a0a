// Prisma's schema engine as WebAssembly, so that it runs without a download: reads a database into a Prisma schema
// (`npm run db:introspect`) and compares a database with schema.prisma (tests/database/schema.db.test.ts).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

const SCHEMA = "prisma/schema.prisma";
const CHAR_OID = 18;
const CHARACTER = 6; // ColumnTypeEnum.Character of @prisma/driver-adapter-utils

/** @param {string} url @returns {Promise<string>} the database as a Prisma schema */
export async function introspect(url) {
  const files = [{ path: SCHEMA, content: readFileSync(SCHEMA, "utf8") }];
  const { engine, close } = await open(url);
  const parameters = { schema: { files }, baseDirectoryPath: process.cwd(), force: true, compositeTypeDepth: 0, namespaces: null };
  const { schema } = await engine.introspect(parameters);
  await close();
  return schema.files[0].content.replace(/^\/\/\/ This (table|model) contains .*\n/gm, "");
}

/** Loads the engine over an ordinary connection pool. */
async function open(url) {
  const path = createRequire(import.meta.url)
    .resolve("@prisma/schema-engine-wasm")
    .replace(/\.js$/, "_bg.wasm");
  const { instance } = await WebAssembly.instantiate(readFileSync(path), { "./schema_engine_bg.js": glue });
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) };
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const pool = new pg.Pool({ connectionString: url });
  const adapter = bindMigrationAwareSqlAdapterFactory(factoryWithChar(pool));
  const engine = await glue.SchemaEngine.new({ datamodels: [[SCHEMA, readFileSync(SCHEMA, "utf8")]] }, () => {}, adapter);
  return { engine, close: () => pool.end() };
}

/** The pg adapter does not know PostgreSQL's internal type "char", which the catalogue queries return. */
function factoryWithChar(pool) {
  const chars = new Set();
  const query = pool.query.bind(pool);
  pool.query = async (...parameters) => {
    const result = await query(...parameters);
    for (const field of result?.fields ?? []) {
      if (field.dataTypeID !== CHAR_OID) continue;
      field.dataTypeID = 1042; // bpchar, which it does know
      chars.add(field.name);
    }
    return result;
  };
  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const connection = await connect();
    const queryRaw = connection.queryRaw.bind(connection);
    connection.queryRaw = async (parameters) => {
      const result = await queryRaw(parameters);
      result.columnNames.forEach((name, i) => chars.has(name) && (result.columnTypes[i] = CHARACTER));
      return result;
    };
    return connection;
  };
  return factory;
}

if (process.argv[1]?.endsWith("schema-engine.mjs")) console.log(await introspect(process.argv[2] ?? process.env.DATABASE_URL));
