namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// The invariants of R4 that a sender of ours may break, in plain words: what is wrong and what to do. HL7's own words are the rule's text
/// beside them. A rule that is not here is told in HL7's words.
/// </summary>
internal static class PlainRules
{
    private static readonly Dictionary<string, string> Sentences = new(StringComparer.Ordinal)
    {
        ["bdl-1"] = "Only the answer of a search or a history has a total. Leave total out.",
        ["bdl-2"] = "Only the answer of a search has entry.search. Leave it out.",
        ["bdl-3"] =
            "Each entry of a transaction, batch or history has a request, and no entry of another Bundle has one. Add request with method and url to each entry, or leave it out of all.",
        ["bdl-4"] =
            "Each entry of an answer to a transaction or batch, or of a history, has a response, and no entry of another Bundle has one. Leave response out of what you send.",
        ["bdl-5"] =
            "An entry holds a resource, a request or a response. This one holds none of them. Add what is missing.",
        ["bdl-7"] = "Two entries have the same fullUrl. Give each a fullUrl of its own.",
        ["bdl-8"] = "A fullUrl names a resource, not one version of it. Leave /_history out.",
        ["ele-1"] = "The element is empty. Give it a value, or leave it out.",
        ["ext-1"] = "An extension has either a value or extensions inside it, not both and not neither.",
        ["per-1"] = "The period ends before it starts. Check both dates.",
        ["ref-1"] =
            "The reference begins with #, so it must name a contained resource of this resource. There is none with that id.",
        ["dom-2"] = "A contained resource must not contain others.",
        ["dom-3"] = "Nothing refers to this contained resource. Refer to it, or leave it out.",
        ["dom-4"] =
            "A contained resource has no version and no time of change. Leave meta.versionId and meta.lastUpdated out.",
        ["dom-5"] = "A contained resource has no security label of its own. Leave meta.security out.",
        ["cpt-2"] = "A phone number or address needs its system, such as phone or email.",
        ["qty-3"] = "A unit's code needs the system of units that it is from.",
    };

    /// <summary>The sentence for that rule; null where HL7's words stand.</summary>
    public static string? Find(string key) => Sentences.GetValueOrDefault(key);
}
