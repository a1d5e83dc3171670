namespace CpIs.Fhir.Storage.Tests.Transfer;

/// <summary>
/// A folder for stores, removed afterwards. In memory where the system has such a place: these tests open hundreds of stores,
/// and none of them asks whether a disk keeps its word.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string InMemory = "/dev/shm";

    public string Path { get; } = MakePath();

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string MakePath()
    {
        var parent = Directory.Exists(InMemory) ? InMemory : System.IO.Path.GetTempPath();
        return Directory.CreateDirectory(System.IO.Path.Combine(parent, $"cpis-copy-{Guid.NewGuid():N}")).FullName;
    }
}
