namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>What came of the search for an engine.</summary>
/// <param name="Engine">The engine, or null where none can be used.</param>
/// <param name="WhyNone">One sentence for whoever has none; empty where there is one.</param>
/// <param name="IsRefusal">
/// True where one was found or asked for and is the wrong one, or does not answer. Tests that need one are skipped with the
/// sentence, and one test fails with it.
/// </param>
public sealed record EngineSearchResult(MongoEngine? Engine, string WhyNone, bool IsRefusal);
