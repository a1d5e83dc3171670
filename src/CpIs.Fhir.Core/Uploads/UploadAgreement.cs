using System.Collections.Frozen;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Whether the entries of an upload agree with each other: the rules of profile CPIS-Upload that are about more than one element. This is
/// their one place. The validator asks it on every surface; the FHIRPath of the same ids is for other validators. What is missing or
/// unreadable is told by the profile, and passed over here.
/// </summary>
public static class UploadAgreement
{
    internal const string FullUrl = "bdl-7";
    internal const string Entry = "cpis-upload-entry";
    internal const string Condition = "cpis-entry-condition";
    internal const string OneAuthority = "cpis-upload-one-authority";
    internal const string OnePerChild = "cpis-upload-one-entry-per-child";
    internal const string OnePerPlan = "cpis-upload-one-entry-per-plan";
    internal const string References = "cpis-upload-references";
    internal const string FlagAgrees = "cpis-upload-flag-agrees";

    /// <summary>The ids of the rules that are judged here.</summary>
    public static FrozenSet<string> Rules { get; } =
    [FullUrl, Entry, Condition, OneAuthority, OnePerChild, OnePerPlan, References, FlagAgrees, Forms.OneChild];

    /// <summary>Every disagreement, in the order of the entries.</summary>
    /// <param name="bundle">A Bundle as it was sent.</param>
    public static IReadOnlyList<Disagreement> Find(ISentElement bundle)
    {
        var entries = SentEntry.Of(bundle);
        var targets = new SentTargets(entries);
        var found = new List<Disagreement>();
        Forms.Check(bundle, entries, found);
        EntryNames.Check(entries, found);
        OneAuthorityRule.Check(entries, found);
        var children = new ChildAgreement(targets, found);
        foreach (var entry in entries)
        {
            children.CheckReference(entry);
            if (entry.Is(RecordType.EpisodeOfCare))
                children.CheckNumber(entry);
        }

        new FlagEntries(targets, children, found).Check(entries);
        return found;
    }
}
