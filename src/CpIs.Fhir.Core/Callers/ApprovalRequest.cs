namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// Something that a lead of an authority, or an operator, asked for and that is done only when a second person of the same organisation
/// approves it. An organisation has at most one of each kind; a new request replaces the one before. See docs/adr/0039.
/// </summary>
public sealed record ApprovalRequest
{
    /// <summary>Kind of the request that restarts the stamps of uploads; see <see cref="Organisation.StampEpoch"/>.</summary>
    public const string RestartStamps = "restart-stamps";

    /// <summary>Kind of an operator's request that retires an NHS number.</summary>
    public const string RetireNumber = "retire-number";

    /// <summary>Kind of an operator's request that restores a retired one.</summary>
    public const string RestoreNumber = "restore-number";

    /// <summary>Kind of the request that ends the plans which a full daily file leaves out.</summary>
    public const string EndMissing = "end-missing";

    /// <summary>How long a request can be approved.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    /// <summary>Unique id, by which the second person names it.</summary>
    public required string Id { get; init; }

    /// <summary>What is asked for, such as <see cref="RestartStamps"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Whose request it is.</summary>
    public required OdsCode Authority { get; init; }

    /// <summary>Who asked.</summary>
    public required Person AskedBy { get; init; }

    /// <summary>Why, in the words of the one who asked; 1 to 140 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>The NHS number that it is about, ten digits; null where it is about none. Shown to nobody who did not send it.</summary>
    public string? Number { get; init; }

    /// <summary>The daily file that it is about; null where it is about none.</summary>
    public string? File { get; init; }

    /// <summary>How many plans of it are to be ended.</summary>
    public int? Count { get; init; }

    /// <summary>When, in UTC.</summary>
    public required DateTimeOffset Asked { get; init; }

    /// <summary>Who approved it; null while nobody has.</summary>
    public Person? ApprovedBy { get; init; }

    /// <summary>From when on it can no longer be approved.</summary>
    public DateTimeOffset Expires() => Asked + Life;

    /// <summary>The person who may ask: a lead of an authority, or an operator. Else 403.</summary>
    public static Result<Person> WhoAsks(Caller caller) => WhoActs(caller, "ask for this", Activities.Lead);

    /// <summary>
    /// The second person: 403 for one of an authority who is neither lead nor worker and for the one who asked, 404 for what is not theirs or
    /// has expired, 409 when it was approved before.
    /// </summary>
    /// <param name="request">What was found under the id, or null.</param>
    /// <param name="caller">Who wants to approve.</param>
    /// <param name="now">Our clock.</param>
    public static Result<Person> WhoApproves(ApprovalRequest? request, Caller caller, DateTimeOffset now)
    {
        if (
            WhoActs(caller, "approve this", Activities.Lead, Activities.Worker)
                .IsRefused(out var refusal, out var person)
        )
            return refusal;
        if (request is null || request.Authority != caller.Organisation)
            return Refusal.Unknown("That request");
        if (request.ApprovedBy is not null)
            return Refusal.Because(RefusalKind.Conflict, new Issue("conflict", "This request was already approved."));
        if (now >= request.Expires())
            return Refusal.Unknown("That request");
        // An id may hold letters: no one becomes a second person by writing them another way.
        return string.Equals(person.SdsUserId, request.AskedBy.SdsUserId, StringComparison.OrdinalIgnoreCase)
            ? Refusal.Forbidden(
                $"You asked for this yourself. Another person of your {(caller.Kind == CallerKind.Operator ? "organisation" : "authority")} must approve it."
            )
            : person;
    }

    private static Result<Person> WhoActs(Caller caller, string what, params string[] activities) =>
        caller.Kind != CallerKind.Operator ? Activities.WhoActs(caller, what, activities)
        : caller.Person is { } person ? person
        : Refusal.Forbidden(
            $"To {what}, a person is needed. Send the claim cpis_user in the client assertion, or a token that names one."
        );
}
