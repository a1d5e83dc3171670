using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>What <c>$events</c> asks for.</summary>
/// <param name="First">The lowest number wanted, included.</param>
/// <param name="Last">The highest, included.</param>
/// <param name="Content">How much to tell of each; null for what the Subscription says.</param>
/// <param name="Count">Most events in the answer.</param>
/// <param name="Wait">How long to wait for one when there is none.</param>
public sealed record EventsAsked(long First, long Last, PayloadContent? Content, int Count, TimeSpan Wait);
