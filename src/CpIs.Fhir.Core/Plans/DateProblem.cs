namespace CpIs.Fhir.Core.Plans;

/// <summary>A date of a plan that cannot be true, or is unlikely.</summary>
/// <param name="Rule">Stable id of the rule, such as <c>cpis-plan-due-date-ahead</c>.</param>
/// <param name="Element">Where in the EpisodeOfCare, such as <c>period.end</c>.</param>
/// <param name="Text">One sentence or more for a social-care worker, with the plan id.</param>
/// <param name="Refuses">True when the upload is refused for it (422); false for a warning.</param>
public sealed record DateProblem(string Rule, string Element, string Text, bool Refuses);
