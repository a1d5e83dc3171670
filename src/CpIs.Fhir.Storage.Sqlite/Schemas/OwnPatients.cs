namespace CpIs.Fhir.Storage.Sqlite.Schemas;

/// <summary>An authority's Patients by id, of which everything that it holds is read in pages while it changes.</summary>
internal static class OwnPatients
{
    public const string Script = "CREATE INDEX resource_read_patients ON resource (authority, id) WHERE type = 1;";
}
