using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Admission;

/// <summary>
/// What an endpoint states: who may come, and what is charged for it. <see cref="AdmissionMiddleware"/> enforces it before
/// anything of the endpoint runs; an endpoint without a statement fails at start.
/// </summary>
internal sealed record Admits
{
    /// <summary>Anyone, without a token and without a limit.</summary>
    public static readonly Admits Anyone = new();

    /// <summary>Anyone, without a token; counted by network address.</summary>
    public static readonly Admits Readers = new() { Charge = Charge.Reader };

    /// <summary>Kinds of callers; empty for anyone.</summary>
    public IReadOnlyList<Guest> Guests { get; private init; } = [];

    /// <summary>True when the token must name a person.</summary>
    public bool NeedsPerson { get; init; }

    /// <summary>True when the answer is a FHIR resource, so that the header Accept must not exclude it.</summary>
    public bool IsFhir { get; init; }

    /// <summary>Set on a look-up, whose refusals are recorded before they are answered.</summary>
    public LookUpInteraction? LookUp { get; private init; }

    /// <summary>The limit of a request without a caller.</summary>
    public Charge Charge { get; init; }

    /// <summary>A small body that is read whole before anything else looks at it; null to leave it to the endpoint.</summary>
    public BodyLimit? Body { get; init; }

    /// <summary>How a refusal is written where that is no OperationOutcome.</summary>
    public Func<HttpContext, Refusal, Task>? Refuse { get; init; }

    /// <summary>Callers of these kinds, of a FHIR endpoint.</summary>
    public static Admits Only(params IReadOnlyList<Guest> guests) => new() { Guests = guests, IsFhir = true };

    /// <summary>Persons of care settings.</summary>
    public static Admits LookUpOf(LookUpInteraction interaction) =>
        new()
        {
            Guests =
            [
                Guest.Setting(
                    interaction switch
                    {
                        LookUpInteraction.ChildProtection => "user/Flag.s",
                        LookUpInteraction.MissedAppointment => "user/$missed-appointment",
                        _ => $"user/{interaction}.s",
                    }
                ),
            ],
            NeedsPerson = true,
            IsFhir = true,
            LookUp = interaction,
        };

    /// <summary>True when callers of that kind may come at all.</summary>
    public bool Takes(CallerKind kind) => Guests.Any(guest => guest.Kind == kind);

    /// <summary>403 when the caller may not come, or null: its kind, the scopes of its token, its person.</summary>
    public Refusal? Check(Caller caller)
    {
        if (Guests.FirstOrDefault(guest => guest.Kind == caller.Kind) is not { } guest)
            return Refusal.Forbidden($"{NameOf(caller.Kind)} cannot use this endpoint.");
        return guest.Check(caller)
            ?? (
                NeedsPerson && caller.Person is null
                    ? Refusal.Forbidden(
                        "A look-up needs a person: send the claim cpis_user in the client assertion, or a token that names one."
                    )
                    : null
            );
    }

    private static string NameOf(CallerKind kind) =>
        kind switch
        {
            CallerKind.Authority => "Local authorities",
            CallerKind.Setting => "Care settings",
            CallerKind.Tester => "Testers",
            CallerKind.Operator => "Operators",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
}

/// <summary>What may be sent before anybody is known.</summary>
/// <param name="Bytes">Most bytes.</param>
/// <param name="Time">How long they may take to arrive.</param>
internal sealed record BodyLimit(int Bytes, TimeSpan Time);
