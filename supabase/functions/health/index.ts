// Says that functions are served, and against which project: a probe for monitors, and the smallest example.

const VERSION = "0.1.0";
const startedAt = new Date();

Deno.serve((request) => {
  if (request.method === "OPTIONS") {
    return new Response(null, {
      headers: {
        "access-control-allow-origin": "*",
        "access-control-allow-headers": "authorization, apikey, content-type, x-client-info",
      },
    });
  }
  return Response.json(
    {
      ok: true,
      name: "mpax",
      version: VERSION,
      project: new URL(Deno.env.get("SUPABASE_URL") ?? "http://unknown").host,
      started_at: startedAt.toISOString(),
      checked_at: new Date().toISOString(),
    },
    { headers: { "access-control-allow-origin": "*", "cache-control": "no-store" } },
  );
});
