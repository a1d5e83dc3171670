#:sdk Microsoft.NET.Sdk.Web
#:package NSec.Cryptography@26.4.0
#:property PublishAot=false
// A subscriber in one file: what an authority's system does to be told of every access to its children.
// It subscribes, believes only what is signed by the exchange's published keys, tells each event once, fetches what it missed, and takes events in
// the name of a person.
// Nothing of CpIs.Fhir is referenced: HTTP, JSON, ES384 (in .NET) and Ed25519 (NSec) are all it takes. See README.md.

using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NSec.Cryptography;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var port = builder.Configuration["port"] ?? "9100";
var root = (builder.Configuration["server"] ?? "http://127.0.0.1:8080").TrimEnd('/');
var client = JsonNode.Parse(File.ReadAllText(builder.Configuration["client"] ?? "../clients/authority-xhf01.json"))!;
var fhir = root + "/FHIR/R4";
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
using var http = new HttpClient();
var person = builder.Configuration["person"]; // takes each event in this name; without it nobody takes them
var seen = new HashSet<string>(); // webhook-ids that were taken; a real subscriber keeps these in its database, with what it was told,
var last = new Dictionary<string, long>(); // and so the highest event number that was told, by Subscription
using var turn = new SemaphoreSlim(1); // one notice after the other: a repeat may come while the first is still being read
PublicKey[] keys = [];
var fetched = DateTimeOffset.MinValue;
await using var app = builder.Build();
app.MapPost("/notify", (RequestDelegate)TakeAsync);
await app.StartAsync();
var endpoint = app.Urls.First() + "/notify";
await SubscribeAsync();
Console.WriteLine($"listening on {endpoint}");
await app.WaitForShutdownAsync();

// 2xx says "we have it, do not send it again"; anything else brings the same notice back later. So it is said last.
async Task TakeAsync(HttpContext context)
{
    using var body = new MemoryStream();
    await context.Request.Body.CopyToAsync(body, context.RequestAborted);
    await turn.WaitAsync(context.RequestAborted);
    try
    {
        var (id, headers) = (context.Request.Headers["webhook-id"].ToString(), context.Request.Headers);
        if (!IsSigned(headers, body.ToArray()))
            await FetchKeysAsync(); // the first notice, or a key rotation
        context.Response.StatusCode = IsSigned(headers, body.ToArray()) ? 204 : 400;
        if (context.Response.StatusCode == 400 || seen.Contains(id))
            return;
        var parameters = ParametersOf(JsonNode.Parse(body.ToArray())!);
        Console.WriteLine($"{Named(parameters, "type")!["valueCode"]}, signature verified");
        var (subscription, numbers) = await TellNewsAsync(parameters);
        seen.Add(id);
        await context.Response.CompleteAsync();
        await AcknowledgeAsync(subscription, numbers);
    }
    catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
    {
        Console.Error.WriteLine(failure.Message);
        if (!context.Response.HasStarted) // else it is told, and stays on the work-list
            context.Response.StatusCode = 503;
    }
    finally
    {
        turn.Release();
    }
}

// Tells what is new, and which events a person may then take.
async Task<(string Subscription, List<long> Numbers)> TellNewsAsync(JsonArray parameters)
{
    var subscription = Named(parameters, "subscription")!["valueReference"]!["reference"]!.ToString().Split('/')[^1];
    var events = EventsOf(parameters);
    var before = last.GetValueOrDefault(subscription);
    // Numbers have no gap: what is between the last that we know and this notice was missed.
    var known =
        events.Count > 0
            ? events.Min(NumberOf) - 1
            : long.Parse(Named(parameters, "events-since-subscription-start")?["valueString"]?.ToString() ?? "0");
    if (known > before)
    {
        Console.WriteLine($"events {before + 1} to {known} were missed; fetching them");
        events = [.. await FetchEventsAsync(subscription, before + 1, known), .. events];
    }

    var numbers = new List<long>();
    foreach (var notice in events)
    {
        var number = NumberOf(notice);
        if (number <= last.GetValueOrDefault(subscription))
            continue; // told before
        await TellAsync(number, notice["part"]!.AsArray());
        last[subscription] = number;
        numbers.Add(number);
    }

    return (subscription, numbers);
}

async Task TellAsync(long number, JsonArray parts)
{
    Console.WriteLine($"event {number}");
    foreach (var told in parts.Where(p => Is(p, "focus") || Is(p, "additional-context")))
    {
        // Only the id is taken from the notice: the token goes to the server that we know, and nowhere else.
        var access = await CallAsync(
            HttpMethod.Get,
            "AuditEvent/" + told!["valueReference"]!["reference"]!.ToString().Split('/')[^1]
        );
        var who = access["agent"]!.AsArray().Where(a => a!["name"] is not null).Select(a => a!["name"]!.ToString());
        Console.WriteLine($"  AuditEvent/{access["id"]}: {access["recorded"]} by {string.Join(", ", who)}");
    }
}

// What was missed, a page at a time. Reading settles nothing.
async Task<List<JsonNode>> FetchEventsAsync(string subscription, long first, long final)
{
    var events = new List<JsonNode>();
    while (first <= final)
    {
        var range = $"eventsSinceNumber={first}&eventsUntilNumber={final}&content=id-only&_count=100";
        var page = await CallAsync(HttpMethod.Get, $"Subscription/{subscription}/$events?{range}");
        if (EventsOf(ParametersOf(page)) is not { Count: > 0 } found)
            break;
        events.AddRange(found);
        first = NumberOf(found[^1]) + 1;
    }

    return events;
}

// A person takes events. A real system does this when the person says so, not when the notice comes.
async Task AcknowledgeAsync(string subscription, List<long> numbers)
{
    foreach (var some in person is null ? [] : numbers.Chunk(100))
    {
        JsonNode[] what = [.. some.Select(n => new JsonObject { ["name"] = "number", ["valueInteger"] = n })];
        var answer = await CallAsync(
            HttpMethod.Post,
            $"Subscription/{subscription}/$acknowledge",
            new JsonObject
            {
                ["resourceType"] = "Parameters",
                ["parameter"] = new JsonArray([
                    .. what,
                    new JsonObject { ["name"] = "person", ["valueString"] = person },
                ]),
            }
        );
        Console.WriteLine($"{Named(answer["parameter"]!.AsArray(), "taken")!["valueInteger"]} taken by {person}");
    }
}

// Standard Webhooks, v1a: Ed25519 over "id.timestamp.body"; during a key rotation there are several signatures, one suffices.
bool IsSigned(IHeaderDictionary headers, byte[] body)
{
    var timestamp = headers["webhook-timestamp"].ToString();
    if (
        !long.TryParse(timestamp, out var seconds)
        || Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (decimal)seconds) > 300
    )
        return false;
    byte[] content = [.. Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{timestamp}."), .. body];
    var signature = new byte[64];
    return headers["webhook-signature"]
        .ToString()
        .Split(' ')
        .Any(s =>
            s.StartsWith("v1a,", StringComparison.Ordinal)
            && Convert.TryFromBase64String(s[4..], signature, out var length)
            && length == 64
            && keys.Any(key => SignatureAlgorithm.Ed25519.Verify(key, content, signature))
        );
}

async Task FetchKeysAsync()
{
    // A flood of forged notices is not passed on to the exchange.
    if (DateTimeOffset.UtcNow - fetched < TimeSpan.FromSeconds(10))
        return;
    keys =
    [
        .. JsonNode.Parse(await http.GetStringAsync(root + "/.well-known/webhook-keys.json"))!["keys"]!
            .AsArray()
            .Where(k => k!["crv"]?.ToString() == "Ed25519")
            .Select(k =>
                PublicKey.Import(
                    SignatureAlgorithm.Ed25519,
                    Base64Url.DecodeFromChars(k!["x"]!.ToString()),
                    KeyBlobFormat.RawPublicKey
                )
            ),
    ];
    fetched = DateTimeOffset.UtcNow;
}

// One Subscription for this endpoint, however often we start. To ask for "requested" again also ends a status of error.
async Task SubscribeAsync()
{
    var subscription = JsonNode.Parse(
        """
        {"resourceType":"Subscription","status":"requested","reason":"Tell our duty team","criteria":"https://fhir.cpis.example/SubscriptionTopic/record-accessed",
         "channel":{"type":"rest-hook","payload":"application/fhir+json"}}
        """
    )!;
    subscription["channel"]!["endpoint"] = endpoint;
    var found = (await CallAsync(HttpMethod.Get, "Subscription?url=" + Uri.EscapeDataString(endpoint)))["entry"]
        ?[0]
        ?["resource"]
        ?["id"];
    if (found is not null)
        subscription["id"] = found.ToString();
    await CallAsync(
        found is null ? HttpMethod.Post : HttpMethod.Put,
        found is null ? "Subscription" : $"Subscription/{found}",
        subscription
    );
}

async Task<JsonNode> CallAsync(HttpMethod method, string path, JsonNode? body = null)
{
    using var request = new HttpRequestMessage(method, $"{fhir}/{path}");
    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync());
    if (body is not null)
        request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/fhir+json"));
    using var response = await http.SendAsync(request);
    var answer = await response.Content.ReadAsStringAsync();
    return response.IsSuccessStatusCode
        ? JsonNode.Parse(answer)!
        : throw new HttpRequestException($"{(int)response.StatusCode}: {answer}");
}

// A token by signed assertion (SMART Backend Services). A real subscriber keeps it until shortly before it expires.
async Task<string> TokenAsync()
{
    var token = JsonNode.Parse(await http.GetStringAsync(fhir + "/.well-known/smart-configuration"))![
        "token_endpoint"
    ]!.ToString();
    var (jwk, id, now) = (client["jwk"]!, client["clientId"]!.ToString(), DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    byte[] Part(string name) => Base64Url.DecodeFromChars(jwk[name]!.ToString());
    string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
    var unsigned =
        Encode(
            new()
            {
                ["alg"] = "ES384",
                ["typ"] = "JWT",
                ["kid"] = jwk["kid"]!.ToString(),
            }
        )
        + "."
        + Encode(
            new()
            {
                ["iss"] = id,
                ["sub"] = id,
                ["aud"] = token,
                ["iat"] = now,
                ["exp"] = now + 240,
                ["jti"] = Guid.NewGuid().ToString(),
            }
        );
    using var key = ECDsa.Create(
        new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP384,
            Q = new() { X = Part("x"), Y = Part("y") },
            D = Part("d"),
        }
    );
    var signature = Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(unsigned), HashAlgorithmName.SHA384));
    using var form = new FormUrlEncodedContent([
        new("grant_type", "client_credentials"),
        new("client_assertion", $"{unsigned}.{signature}"),
        new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
    ]);
    using var response = await http.PostAsync(token, form);
    return JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())![
        "access_token"
    ]!.ToString();
}
static bool Is(JsonNode? parameter, string name) => parameter?["name"]?.ToString() == name;
static JsonNode? Named(JsonArray parameters, string name) => parameters.FirstOrDefault(p => Is(p, name));
static JsonArray ParametersOf(JsonNode bundle) => bundle["entry"]![0]!["resource"]!["parameter"]!.AsArray();
static List<JsonNode> EventsOf(JsonArray parameters) =>
    [.. parameters.Where(p => Is(p, "notification-event")).Select(p => p!)];
static long NumberOf(JsonNode notice) =>
    long.Parse(Named(notice["part"]!.AsArray(), "event-number")!["valueString"]!.ToString());
