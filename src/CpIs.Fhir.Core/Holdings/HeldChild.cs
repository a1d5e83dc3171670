using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Holdings;

/// <summary>A child of an authority with its plans, as both were held at one moment.</summary>
/// <param name="Patient">The Patient.</param>
/// <param name="Plans">Its EpisodesOfCare by plan id, without those that were withdrawn; at least one.</param>
public sealed record HeldChild(StoredResource Patient, IReadOnlyList<StoredResource> Plans);
