using MongoDB.Driver;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>Looks for an engine: the one that was asked for, else the one that is most like production.</summary>
internal static class EngineSearch
{
    private const string HowToGetOne =
        "No MongoDB engine: set CPIS_TEST_MONGODB, put mongod on PATH, start Docker, or run tests/mongo-engine/up (root, Debian).";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<EngineSearchResult> RunAsync()
    {
        var given = Environment.GetEnvironmentVariable("CPIS_TEST_MONGODB");
        try
        {
            var found = string.IsNullOrEmpty(given) ? await LookAsync() : given;
            return found is null
                ? new(null, HowToGetOne, IsRefusal: false)
                : new(await MongoEngine.AskAsync(found, Patience), "", IsRefusal: false);
        }
        // An engine that was found or asked for is never passed over: tests that silently ran elsewhere, or not, prove nothing.
        catch (Exception e) when (e is TimeoutException or MongoException or InvalidOperationException)
        {
            var where = string.IsNullOrEmpty(given)
                ? "The MongoDB engine cannot be used"
                : "CPIS_TEST_MONGODB is set, but";
            return new(null, $"{where}: {e.Message}", IsRefusal: true);
        }
    }

    private static async Task<string?> LookAsync() =>
        await Mongod.TryStartAsync() ?? await DockerEngine.TryStartAsync() ?? await DocumentDbEngine.TryStartAsync();
}
