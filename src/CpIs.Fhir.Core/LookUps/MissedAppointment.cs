using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.LookUps;

/// <summary>
/// What a setting reports of an appointment to which a child did not come. There is no place for words of its own: the authority asks the
/// setting by telephone.
/// </summary>
/// <param name="Time">When the child was expected, in UTC to the millisecond.</param>
/// <param name="Tell">Whether the authority is to be told, where the person said so; null to leave it to the mode.</param>
public sealed record MissedAppointment(DateTimeOffset Time, bool? Tell)
{
    private static readonly string[] Forms = ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    /// <summary>What an answer says where the authority is told.</summary>
    public const string Told =
        "Recorded. An authority that holds a plan for this child is being told. This answer does not say whether one does. Worried? Phone now and follow your safeguarding procedure.";

    /// <summary>What an answer says where it is not.</summary>
    public const string Silent =
        "Recorded. No authority is told. This answer does not say whether a plan is held. Worried? Phone now and follow your safeguarding procedure.";

    /// <summary>Everything that the report takes.</summary>
    internal static ParameterTable Table { get; } =
        new(
            "parameter of a missed appointment",
            [
                LookUpParameters.Subject("nhsNumber"),
                new("appointment", ParameterKind.Text) { IsOnce = true },
                new("tell", ParameterKind.Code) { IsOnce = true, Allowed = ["true", "false"] },
            ]
        );

    /// <summary>The answer, the same bytes whether or not a plan is held (promise 8).</summary>
    public static byte[] Answer(LookUpMode mode) =>
        OperationOutcomeWriter.ToBytes([
            new Issue("informational", mode == LookUpMode.Unscheduled ? Told : Silent, Severity: "information"),
        ]);

    /// <summary>Reads what was sent beside the number.</summary>
    internal static Result<MissedAppointment> Parse(AskedParameters asked, DateTimeOffset now)
    {
        const string Place = "appointment";
        if (asked.Of(Place).FirstOrDefault() is not { } sent)
            return Refusal.Malformed(
                $"The time of the appointment is missing. Send it in '{Place}'.",
                Place,
                SpineCodes.MissingValue
            );
        if (
            !DateTimeOffset.TryParseExact(
                sent.Value.Text,
                Forms,
                CultureInfo.InvariantCulture,
                DateTimeStyles.RoundtripKind,
                out var time
            ) || !HasOffset(sent.Value.Text)
        )
            return sent.Refuse(
                "The value must be a day and a time with its offset, such as 2026-11-20T10:30:00+00:00 or 2026-11-20T10:30:00Z."
            );
        if (time > now)
            return sent.Refuse("The appointment has not been yet. Report it when the child has missed it.");
        return new MissedAppointment(
            DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()),
            asked.Code("tell") is { } tell ? tell == "true" : null
        );
    }

    /// <summary>
    /// The occurrence: whom it obliges to tell of which plans. It shows nothing, enters no history and belongs to no attendance. A request that
    /// is sent again under its X-Request-ID is the same occurrence.
    /// </summary>
    /// <param name="attempt">As far as it is known, with its mode.</param>
    /// <param name="held">The plans that the setting might see.</param>
    internal Occurrence Place(Occurrence attempt, IReadOnlyList<ShownPlan> held) =>
        attempt with
        {
            Id = RepeatableId.Of(
                "missed-appointment",
                attempt.ClientId,
                attempt.RequestId,
                attempt.Child!.Value.Digits,
                Time.ToString("O", CultureInfo.InvariantCulture),
                attempt.Mode.ToString()!
            ),
            Appointment = Time,
            Obligations =
                attempt.Mode == LookUpMode.Unscheduled
                    ? [.. held.GroupBy(plan => plan.Authority).Select(own => new Obligation(own.Key, [.. own]))]
                    : [],
        };

    private static bool HasOffset(string text) => text.EndsWith('Z') || text.AsSpan(10).ContainsAny('+', '-');
}
