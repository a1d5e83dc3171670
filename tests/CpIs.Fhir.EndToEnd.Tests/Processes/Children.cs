using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.EndToEnd.Tests.Processes;

/// <summary>Children of nobody, each on one active child protection plan.</summary>
internal static class Children
{
    /// <param name="stem">Where their NHS numbers begin: 0 to 999,999, apart for tests that share a store.</param>
    /// <param name="count">How many.</param>
    public static SyntheticChild[] Of(int stem, int count)
    {
        var today = LondonCalendar.DayOf(DateTimeOffset.UtcNow);
        return
        [
            .. SyntheticNhsNumbers
                .From(stem)
                .Take(count)
                .Select(number => new SyntheticChild(
                    number,
                    $"LOCAL-{number.Digits[3..]}",
                    "Quickley",
                    ["Wren"],
                    today.AddYears(-7),
                    [
                        new SyntheticPlan(
                            $"PLAN-{number.Digits[3..]}",
                            PlanTypes.ChildProtectionPlan,
                            PlanStatus.Active,
                            today.AddDays(-10),
                            null
                        ),
                    ]
                )),
        ];
    }
}
