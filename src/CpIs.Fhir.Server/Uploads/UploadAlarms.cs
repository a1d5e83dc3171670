using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Server.Uploads;

/// <summary>Alarms of uploads in the log: authority and request, never a child (promise 12).</summary>
internal sealed partial class UploadAlarms(ILogger<UploadAlarms> logger) : IUploadAlarms
{
    /// <inheritdoc />
    public void TimeAhead(OdsCode authority, string requestId, TimeSpan ahead) =>
        Ahead(logger, requestId, authority.Value, (long)ahead.TotalMinutes);

    /// <inheritdoc />
    public void ManySuperseded(OdsCode authority, string requestId, int superseded, int entries) =>
        Superseded(logger, requestId, authority.Value, superseded, entries);

    [LoggerMessage(
        201,
        LogLevel.Error,
        "ALARM: upload {RequestId} of {Authority} was refused: its Bundle.timestamp is {Minutes} minutes ahead"
    )]
    private static partial void Ahead(ILogger logger, string requestId, string authority, long minutes);

    [LoggerMessage(
        202,
        LogLevel.Error,
        "ALARM: in upload {RequestId} of {Authority}, {Superseded} of {Entries} entries are older than what is held; was an old file sent?"
    )]
    private static partial void Superseded(
        ILogger logger,
        string requestId,
        string authority,
        int superseded,
        int entries
    );
}
