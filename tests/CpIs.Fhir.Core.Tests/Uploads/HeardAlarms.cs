using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Core.Tests.Uploads;

/// <summary>Alarms of uploads, as they were raised.</summary>
public sealed class HeardAlarms : IUploadAlarms
{
    public List<TimeSpan> Ahead { get; } = [];

    public List<(int Superseded, int Entries)> Superseded { get; } = [];

    public void TimeAhead(OdsCode authority, string requestId, TimeSpan ahead) => Ahead.Add(ahead);

    public void ManySuperseded(OdsCode authority, string requestId, int superseded, int entries) =>
        Superseded.Add((superseded, entries));
}
