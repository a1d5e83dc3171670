using CpIs.Fhir.Core.Topics;

namespace CpIs.Fhir.Core.Worklists;

/// <summary>Where an authority is told of a topic: its place of action, as its work-list shows it.</summary>
/// <param name="Subscription">Id of the Subscription.</param>
/// <param name="Topic">Of what it tells.</param>
/// <param name="Channel"><c>rest-hook</c>, <c>inbox</c> or <c>mesh</c>.</param>
/// <param name="Status">Status of the Subscription (FHIR).</param>
public sealed record WorklistPlace(string Subscription, Topic Topic, string Channel, string Status);
