using System.Reflection;
using MongoDB.Bson;
using MongoGateway.Wire;

namespace MongoGateway.Commands;

/// <summary>What a client asks about the server itself.</summary>
/// <param name="options">What the gateway was told.</param>
/// <param name="set">What it is.</param>
/// <param name="backend">The version of DocumentDB.</param>
internal sealed class ServerCommands(GatewayOptions options, ReplicaSet set, string backend) : ICommandGroup
{
    private const int LargestDocument = 16 * 1024 * 1024;

    // As `install` builds it: what the gateway was built from (settings, gateway_sources).
    private static readonly string Sources = typeof(ServerCommands)
        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion;

    public IEnumerable<(string Name, Handler Run)> Commands =>
        [
            ("hello", request => Reply.OkAsync(Hello(request, "isWritablePrimary"))),
            ("isMaster", request => Reply.OkAsync(Hello(request, "ismaster").Add("helloOk", true))),
            ("ping", _ => Reply.OkAsync()),
            ("buildInfo", _ => Reply.OkAsync(BuildInfo())),
            ("whatsmyuri", request => Reply.OkAsync(new("you", "127.0.0.1:" + request.Client.Id))),
            ("connectionStatus", _ => Reply.OkAsync(NobodyIsAuthenticated())),
            (
                "getCmdLineOpts",
                _ => Reply.OkAsync(new() { { "argv", new BsonArray() }, { "parsed", new BsonDocument() } })
            ),
            ("getLog", _ => Reply.OkAsync(new() { { "log", new BsonArray() }, { "totalLinesWritten", 0 } })),
            ("hostInfo", _ => Reply.OkAsync()),
            ("serverStatus", _ => Reply.OkAsync(Status())),
            (
                "getParameter",
                _ => Reply.OkAsync(new("featureCompatibilityVersion", new BsonDocument("version", "7.0")))
            ),
            ("replSetStepDown", StepDownAsync),
        ];

    private BsonDocument Hello(Request request, string primaryField)
    {
        // Said once, in the first hello of a connection.
        if (request.Command.FindDocument("client")?.FindDocument("application")?.FindString("name") is { } name)
            request.Client.AppName = name;
        return set.Describe(primaryField)
            .AddRange(
                new BsonDocument
                {
                    { "maxBsonObjectSize", LargestDocument },
                    { "maxMessageSizeBytes", 48000000 },
                    { "maxWriteBatchSize", 25000 },
                    { "localTime", DateTime.UtcNow },
                    { "logicalSessionTimeoutMinutes", 30 },
                    { "connectionId", request.Client.Id },
                    { "minWireVersion", 0 },
                    { "maxWireVersion", options.Wire },
                    { "readOnly", false },
                }
            );
    }

    private BsonDocument BuildInfo() =>
        new()
        {
            { "version", options.ServerVersion },
            { "versionArray", new BsonArray(options.ServerVersion.Split('.').Select(int.Parse).Append(0)) },
            { "bits", 64 },
            { "maxBsonObjectSize", LargestDocument },
            { "modules", new BsonArray() },
            { "gateway", "mongogw" },
            { "gatewaySources", Sources },
            { "documentdb", backend },
        };

    private BsonDocument Status() =>
        new()
        {
            { "version", options.ServerVersion },
            { "process", "mongogw" },
            { "pid", Environment.ProcessId },
            { "localTime", DateTime.UtcNow },
            { "storageEngine", new BsonDocument("name", "documentdb") },
        };

    private static BsonDocument NobodyIsAuthenticated() =>
        new(
            "authInfo",
            new BsonDocument
            {
                { "authenticatedUsers", new BsonArray() },
                { "authenticatedUserRoles", new BsonArray() },
            }
        );

    private async Task<ReadOnlyMemory<byte>> StepDownAsync(Request request)
    {
        var seconds = request.Command.Number(request.Command.First()) ?? 60;
        await set.StepDownAsync(TimeSpan.FromSeconds(seconds));
        return Reply.Ok();
    }
}
