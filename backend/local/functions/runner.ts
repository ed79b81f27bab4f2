// Serves supabase/functions/<name>/index.ts from one Deno process, re-reading a function when its file has changed.
//
// Each function calls Deno.serve(handler) as on hosted; the handler is taken instead of a port being opened. Functions
// share this process: there is no isolation between them, and the gateway has checked the caller's key.

type Handler = (request: Request, info?: unknown) => Response | Promise<Response>;

const [folder, port] = Deno.args;
const serve = Deno.serve;
const loaded = new Map<string, { handler: Handler; changedAt: number }>();
let caught: Handler | null = null;

// deno-lint-ignore no-explicit-any
(Deno as any).serve = (first: any, second?: any) => {
  caught = typeof first === "function" ? first : second ?? first.handler ?? first.fetch;
  return { finished: new Promise(() => {}), shutdown: async () => {}, ref() {}, unref() {}, addr: {} };
};

// One at a time: `caught` belongs to whoever is being imported.
let turn: Promise<unknown> = Promise.resolve();

async function load(name: string): Promise<Handler> {
  const file = `${folder}/${name}/index.ts`;
  const changedAt = (await Deno.stat(file)).mtime!.getTime();
  const known = loaded.get(name);
  if (known?.changedAt === changedAt) return known.handler;
  const mine = turn.then(async () => {
    caught = null;
    await import(`file://${file}?changed=${changedAt}`);
    if (!caught) throw new Error(`${name} does not call Deno.serve`);
    loaded.set(name, { handler: caught, changedAt });
    return caught;
  });
  turn = mine.catch(() => {});
  return await mine;
}

serve({ port: Number(port), hostname: "127.0.0.1", onListen: () => console.log("functions ready") }, async (request) => {
  const name = new URL(request.url).pathname.split("/")[1];
  if (name === "_health") return new Response("ok");
  if (!/^[a-z0-9][a-z0-9_-]*$/i.test(name)) return Response.json({ code: "BAD_REQUEST", message: "No such name" }, { status: 400 });
  try {
    return await (await load(name))(request, {});
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return Response.json({ code: "NOT_FOUND", message: "Requested function was not found" }, { status: 404 });
    }
    console.error(error);
    return Response.json({ code: "WORKER_ERROR", message: "The function failed; see its log" }, { status: 500 });
  }
});
