namespace CpIs.Fhir.Core.Commits;

/// <summary>
/// What became of one record of a daily file. It is in the commit that stored the record, so that a record is neither lost nor done twice,
/// wherever a server dies.
/// </summary>
/// <param name="FileId">The file.</param>
/// <param name="Number">Which record of it, from 0.</param>
/// <param name="Body">What became of it; holds nothing personal but ids that the authority itself gave.</param>
public sealed record RecordResult(string FileId, int Number, ReadOnlyMemory<byte> Body);
