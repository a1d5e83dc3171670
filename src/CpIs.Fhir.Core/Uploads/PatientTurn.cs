using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>A Patient that an upload names.</summary>
/// <param name="Sent">What was sent.</param>
/// <param name="Held">What is held of it, or null.</param>
/// <param name="Id">Its id, held or new.</param>
/// <param name="Turn">Among all uploads of it.</param>
internal sealed record PatientTurn(UploadEntry Sent, StoredResource? Held, string Id, Turn Turn)
{
    /// <summary>What was sent.</summary>
    public PatientContent Content => Sent.Patient!;

    /// <summary>True where what was sent will be held; false where a newer upload was here.</summary>
    public bool Writes => Turn == Turn.Newest;

    /// <summary>Date of birth after the upload.</summary>
    public DateOnly BirthDate => Writes ? Content.BirthDate : Held?.BirthDate ?? Content.BirthDate;
}
