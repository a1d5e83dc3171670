namespace CpIs.Fhir.Core.Uploads;

/// <summary>Told of uploads that a person must look at, so that a register is neither put back nor frozen unseen.</summary>
public interface IUploadAlarms
{
    /// <summary>An upload was refused because its time lies in the future.</summary>
    /// <param name="authority">Whose.</param>
    /// <param name="requestId">X-Request-ID.</param>
    /// <param name="ahead">How far ahead.</param>
    void TimeAhead(OdsCode authority, string requestId, TimeSpan ahead);

    /// <summary>More than one entry in ten of an upload was older than what is held: somebody may have sent an old file.</summary>
    /// <param name="authority">Whose.</param>
    /// <param name="requestId">X-Request-ID.</param>
    /// <param name="superseded">Entries that changed nothing because they are older.</param>
    /// <param name="entries">All entries.</param>
    void ManySuperseded(OdsCode authority, string requestId, int superseded, int entries);
}
