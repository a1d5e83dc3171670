namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>Looks for an engine: the one that was asked for, else the one that is most like production.</summary>
internal static class EngineSearch
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<MongoEngine?> RunAsync()
    {
        if (Environment.GetEnvironmentVariable("CPIS_TEST_MONGODB") is { Length: > 0 } given)
            return await AskGivenAsync(given);
        var connectionString =
            await Mongod.TryStartAsync()
            ?? await DockerEngine.TryStartAsync()
            ?? await DocumentDbEngine.TryStartAsync();
        return connectionString is null ? null : await MongoEngine.AskAsync(connectionString, Patience);
    }

    /// <summary>An engine that was asked for is never passed over: tests that silently ran elsewhere, or not, prove nothing.</summary>
    private static async Task<MongoEngine> AskGivenAsync(string connectionString)
    {
        try
        {
            return await MongoEngine.AskAsync(connectionString, Patience);
        }
        catch (Exception e) when (e is TimeoutException or MongoDB.Driver.MongoException)
        {
            throw new InvalidOperationException(
                "CPIS_TEST_MONGODB is set, but no engine answers there: " + e.Message,
                e
            );
        }
    }
}
