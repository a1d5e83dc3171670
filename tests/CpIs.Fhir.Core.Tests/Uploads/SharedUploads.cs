namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>One store for tests that store nothing.</summary>
public sealed class SharedUploads : IAsyncLifetime
{
    public UploadHarness Harness { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Harness = await UploadHarness.OpenAsync();

    public ValueTask DisposeAsync() => Harness.DisposeAsync();
}
