using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Benchmarks.Store;

/// <summary>Nobody watches a benchmark's uploads.</summary>
internal sealed class NoAlarms : IUploadAlarms
{
    public void TimeAhead(OdsCode authority, string requestId, TimeSpan ahead) { }

    public void ManySuperseded(OdsCode authority, string requestId, int superseded, int entries) { }
}
