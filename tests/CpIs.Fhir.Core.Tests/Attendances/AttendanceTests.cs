using CpIs.Fhir.Core.Attendances;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Tests.Attendances;

/// <summary>What makes two look-ups one notice.</summary>
public sealed class AttendanceTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly OdsCode Herts = OdsCode.Parse("E10000015");
    private static readonly OdsCode Essex = OdsCode.Parse("E10000012");
    private readonly List<Occurrence> _read = [];
    private int _count;

    [Fact]
    public void The_first_look_up_opens_an_attendance_and_tells_each_authority_of_its_plans()
    {
        var first = LookUp(0, plans: [Plan(Herts, "a"), Plan(Herts, "b"), Plan(Essex, "c")]);

        first
            .Attendances.Should()
            .Equal(new AttendancePart(Herts, first.Id, Noon), new AttendancePart(Essex, first.Id, Noon));
        first.Obligations.Select(o => (o.Authority, Told(o))).Should().Equal((Herts, "a b"), (Essex, "c"));
    }

    [Fact]
    public void Nurse_and_doctor_of_one_department_twenty_minutes_apart_are_one_notice()
    {
        var nurse = LookUp(0, person: "nurse");
        var doctor = LookUp(20, person: "doctor");

        doctor.Obligations.Should().BeEmpty();
        doctor.Attendances.Should().Equal(new AttendancePart(Herts, nurse.Id, nurse.Time));
    }

    [Fact]
    public void Another_setting_opens_its_own_attendance()
    {
        LookUp(0);

        LookUp(1, setting: "RWH02").Obligations.Should().ContainSingle();
    }

    [Fact]
    public void An_attendance_ends_four_hours_after_its_last_look_up_whoever_made_that()
    {
        LookUp(0);
        LookUp(239).Obligations.Should().BeEmpty();
        LookUp(239 + 239).Obligations.Should().BeEmpty("each look-up prolongs it");

        LookUp(239 + 239 + 240).Obligations.Should().ContainSingle("four hours have passed");
    }

    [Fact]
    public void An_attendance_ends_twelve_hours_after_it_opened_however_much_is_looked_up()
    {
        for (var minute = 0; minute < 720; minute += 60)
            LookUp(minute).Obligations.Should().HaveCount(minute == 0 ? 1 : 0);
        LookUp(719).Obligations.Should().BeEmpty();

        var next = LookUp(720);

        next.Obligations.Should().ContainSingle();
        next.Attendances[0].Opener.Should().Be(next.Id);
        LookUp(721).Attendances[0].Opener.Should().Be(next.Id);
    }

    [Fact]
    public void A_plan_that_was_not_told_of_is_told_of_alone()
    {
        LookUp(0, plans: [Plan(Herts, "a")]);

        var later = LookUp(30, plans: [Plan(Herts, "a"), Plan(Herts, "b"), Plan(Essex, "c")]);

        later.Obligations.Select(o => (o.Authority, Told(o))).Should().Equal((Herts, "b"), (Essex, "c"));
        later
            .Attendances.Select(a => a.Opened)
            .Should()
            .Equal([Noon, Noon.AddMinutes(30)], "each authority has its own");
        LookUp(60, plans: [Plan(Herts, "b"), Plan(Essex, "c")]).Obligations.Should().BeEmpty();
    }

    [Fact]
    public void A_new_version_of_a_plan_is_no_new_plan()
    {
        LookUp(0, plans: [Plan(Herts, "a")]);

        LookUp(1, plans: [Plan(Herts, "a") with { EpisodeVersion = 9 }]).Obligations.Should().BeEmpty();
    }

    [Fact]
    public void Of_those_that_raced_the_earliest_opened_it()
    {
        var raced = new[] { Place(Hit("c", 0)), Place(Hit("b", 0)), Place(Hit("a", 1)) };
        raced.Should().OnlyContain(hit => hit.Obligations.Count == 1, "none knew of the others");
        _read.AddRange(raced);

        var next = LookUp(5);

        next.Obligations.Should().BeEmpty();
        next.Attendances.Should().Equal(new AttendancePart(Herts, "b", Noon));
    }

    [Fact]
    public void Of_a_burst_of_look_ups_one_a_minute_is_read_by_later_ones()
    {
        LookUp(0);
        for (var second = 1; second <= 180; second++)
            LookUp(second / 60.0);

        _read.Where(access => access.IsReadByLookUps).Should().HaveCount(4);
        LookUp(3 + 239).Obligations.Should().BeEmpty("the burst has prolonged it");
    }

    [Fact]
    public void A_look_up_from_before_attendances_were_kept_counts_as_one_that_opened()
    {
        _read.Add(Hit("old", 0) with { Obligations = [new Obligation(Herts, [Plan(Herts, "a")])] });

        var later = LookUp(60, plans: [Plan(Herts, "a"), Plan(Herts, "b")]);

        later.Attendances.Should().Equal(new AttendancePart(Herts, "old", Noon));
        Told(later.Obligations.Single()).Should().Be("b");
    }

    [Fact]
    public void What_a_faster_clock_wrote_is_no_reason_to_tell_again()
    {
        LookUp(10);

        LookUp(8).Obligations.Should().BeEmpty();
    }

    /// <summary>Looks up, and adds it to what later ones read, as a store would.</summary>
    private Occurrence LookUp(
        double minute,
        string person = "nurse",
        string setting = "RWH01",
        params ShownPlan[] plans
    )
    {
        var hit = Place(Hit($"o{++_count:D4}", minute, person, setting, plans));
        if (hit.IsReadByLookUps)
            _read.Add(hit);
        return hit;
    }

    private Occurrence Place(Occurrence hit) => Attendance.Place(hit, _read);

    private static Occurrence Hit(
        string id,
        double minute,
        string person = "nurse",
        string setting = "RWH01",
        params ShownPlan[] plans
    ) =>
        new()
        {
            Id = id,
            Kind = OccurrenceKind.Access,
            Time = Noon.AddMinutes(minute),
            ClientId = "ed",
            Organisation = OdsCode.Parse(setting),
            OrganisationName = "Example Hospital",
            CallerKind = CallerKind.Setting,
            Person = new Person(person, null, "R0260", "Nurse", "Ann Example"),
            Interaction = "Flag",
            Child = NhsNumber.Parse("9990000018"),
            Mode = LookUpMode.Unscheduled,
            Outcome = AccessOutcome.Shown,
            RequestId = "r",
            Shown = plans.Length > 0 ? plans : [Plan(Herts, "a")],
        };

    private static ShownPlan Plan(OdsCode authority, string id) => new(authority, PlanTypes.LookedAfter, id, 1, "f", 1);

    private static string Told(Obligation obligation) =>
        string.Join(' ', obligation.Plans.Select(plan => plan.EpisodeId));
}
