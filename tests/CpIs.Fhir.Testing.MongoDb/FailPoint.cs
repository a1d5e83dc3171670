using MongoDB.Bson;
using MongoDB.Driver;
using Xunit;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>
/// Makes commands of one client fail: <c>failCommand</c> of a server started for tests, and of our own engine. Disposing of it
/// ends it. One at a time in a process, because a server holds only one.
/// </summary>
public sealed class FailPoint : IAsyncDisposable
{
    private const int CommandNotFound = 59;

    private static readonly SemaphoreSlim One = new(1);

    private readonly IMongoClient _client;
    private readonly string _appName;

    private FailPoint(IMongoClient client, string appName) => (_client, _appName) = (client, appName);

    /// <summary>Arms it. Skips the running test on a server that was not started for tests.</summary>
    /// <param name="client">Any client of the engine.</param>
    /// <param name="appName">The application name of the client whose commands are to fail.</param>
    /// <param name="times">How often; null for always.</param>
    /// <param name="data">
    /// What happens, as in <c>{ errorCode: 91 }</c>, <c>{ closeConnection: true }</c>, <c>{ blockConnection: true, blockTimeMS:
    /// 500 }</c>; on our own engine also <c>{ closeAfter: true }</c>: carried out, and the answer lost.
    /// </param>
    /// <param name="commands">Which commands, as in <c>insert</c>.</param>
    public static async Task<FailPoint> SetAsync(
        IMongoClient client,
        string appName,
        int? times,
        BsonDocument data,
        params IEnumerable<string> commands
    )
    {
        await One.WaitAsync();
        try
        {
            BsonValue mode = times is null ? "alwaysOn" : new BsonDocument("times", times);
            data = new BsonDocument(data) { { "failCommands", new BsonArray(commands) }, { "appName", appName } };
            await ConfigureAsync(client, mode, data);
            return new FailPoint(client, appName);
        }
        catch (Exception e)
        {
            One.Release();
            var isOff = e is MongoCommandException { Code: CommandNotFound };
            Assert.SkipWhen(isOff, "Fail points need a server with --setParameter enableTestCommands=1.");
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await ConfigureAsync(_client, "off", new BsonDocument("appName", _appName));
        }
        finally
        {
            One.Release();
        }
    }

    private static Task<BsonDocument> ConfigureAsync(IMongoClient client, BsonValue mode, BsonDocument data) =>
        client
            .GetDatabase("admin")
            .RunCommandAsync<BsonDocument>(
                new BsonDocument
                {
                    { "configureFailPoint", "failCommand" },
                    { "mode", mode },
                    { "data", data },
                }
            );
}
