namespace CpIs.Fhir.Core.Commits;

/// <summary>
/// The last look at what is about to be stored, after the rules of its journey and before its commit: whether it meets its
/// profiles. What those rules refuse already never comes here, so that one problem has one refusal.
/// </summary>
public interface IWriteCheck
{
    /// <summary>Why it is not stored (422), or null.</summary>
    /// <param name="body">The resource as it was sent, in JSON.</param>
    /// <param name="profile">Name of the profile of ours that it must meet, such as <c>CPIS-Upload</c>.</param>
    Refusal? Check(ReadOnlyMemory<byte> body, string profile);
}
