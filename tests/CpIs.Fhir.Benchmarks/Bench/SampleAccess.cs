using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>The occurrence of a look-up as a server would write it, for the floors that write without a server.</summary>
internal static class SampleAccess
{
    private static readonly OdsCode Authority = OdsCode.Parse("XHF01");

    /// <summary>A new one, of now.</summary>
    /// <param name="child">Who was asked for.</param>
    /// <param name="isHit">Whether a plan was shown.</param>
    /// <param name="inHistory">Whether it is the person's first access to the child.</param>
    public static Occurrence Of(NhsNumber child, bool isHit, bool inHistory)
    {
        ShownPlan[] shown = isHit
            ? [new ShownPlan(Authority, PlanTypes.ChildProtectionPlan, NewId(), 1, NewId(), 1)]
            : [];
        return new Occurrence
        {
            Id = NewId(),
            Kind = OccurrenceKind.Access,
            Time = TimeProvider.System.GetUtcNow(),
            ClientId = "bench-ed",
            Organisation = OdsCode.Parse("XED01"),
            OrganisationName = "Emergency department of the bench",
            CallerKind = CallerKind.Setting,
            Person = new Person("555000000001", null, "R0260", "General Medical Practitioner", "Bench Person"),
            Interaction = "$child-protection",
            Child = child,
            Mode = LookUpMode.Unscheduled,
            Outcome = isHit ? AccessOutcome.Shown : AccessOutcome.NothingHeld,
            Query = "nhsNumber=" + child.Digits,
            RequestId = Guid.NewGuid().ToString("D"),
            Shown = shown,
            InHistory = isHit && inHistory,
            Obligations = isHit ? [new Obligation(Authority, shown)] : [],
        };
    }

    private static string NewId() => Guid.CreateVersion7().ToString("D");
}
