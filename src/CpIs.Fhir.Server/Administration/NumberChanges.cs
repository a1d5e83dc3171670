using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Numbers;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Server.Administration;

/// <summary>
/// NHS numbers that two operators retire or restore. The mark, the occurrence with an obligation for each authority that holds a plan, and the
/// approval are one commit (promise 2). The operator is no reader: of what is held it learns how many authorities are affected, and that it
/// asked is on record.
/// </summary>
internal sealed class NumberChanges(
    RegistrationWriter writer,
    IRecordStore records,
    IDispatchSignal signal,
    IdGenerator ids,
    TimeProvider time
)
{
    /// <summary>Keeps the wish of one operator until a second one approves it, and says how many authorities hold a plan.</summary>
    public Task<Result<(ApprovalRequest Request, int Affected)>> AskAsync(
        string kind,
        NhsNumber number,
        string reason,
        Caller caller,
        Actor actor,
        CancellationToken cancellation
    ) =>
        writer.ChangeAsync<(ApprovalRequest, int)>(
            async _ =>
            {
                if (ApprovalRequest.WhoAsks(caller).IsRefused(out var refusal, out var person))
                    return refusal;
                var held = await records.ReadChildAsync(number, cancellation);
                if (Unfit(kind, InactiveNumber.IsMarked(held)) is { } unfit)
                    return unfit;
                var request = new ApprovalRequest
                {
                    Id = ids.Next(),
                    Kind = kind,
                    Authority = caller.Organisation,
                    AskedBy = person,
                    Reason = reason,
                    Number = number.Digits,
                    Asked = time.GetUtcNow(),
                };
                return new RegistrationChange<(ApprovalRequest, int)>((request, InactiveNumber.Obligations(held).Count))
                {
                    Registrations = [RegistrationForm.Of(request)],
                    Occurrence = Tell(actor, number, kind, $"asked for as {request.Id}: {reason}"),
                };
            },
            cancellation
        );

    /// <summary>The change that a second operator has approved.</summary>
    /// <param name="approved">The request, with who approved it.</param>
    /// <param name="actor">The second operator.</param>
    /// <param name="how">Who asked for it and who approved it, and why; it names no child.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task<Result<RegistrationChange<ApprovalRequest>>> ChangeAsync(
        ApprovalRequest approved,
        Actor actor,
        string how,
        CancellationToken cancellation
    )
    {
        var number = NhsNumber.Parse(approved.Number!);
        var held = await records.ReadChildAsync(number, cancellation);
        if (Unfit(approved.Kind, InactiveNumber.IsMarked(held)) is { } unfit)
            return unfit;
        var retires = approved.Kind == ApprovalRequest.RetireNumber;
        var told = Tell(actor, number, approved.Kind, how) with
        {
            Kind = OccurrenceKind.InactiveNumber,
            Interaction = retires ? InactiveNumber.Retired : InactiveNumber.Restored,
            Obligations = InactiveNumber.Obligations(held),
        };
        var before = await FindMarkAsync(number, cancellation);
        return new RegistrationChange<ApprovalRequest>(approved)
        {
            Registrations = [RegistrationForm.Of(approved)],
            Changes =
            [
                new Change(
                    retires
                        ? InactiveNumber.Mark(
                            number,
                            approved.Reason,
                            before,
                            actor.Organisation,
                            ids.Next(),
                            told.Time
                        )
                        : InactiveNumber.Unmark(before!, told.Time),
                    before?.Version ?? 0
                ),
            ],
            Occurrence = told,
        };
    }

    /// <summary>The mark of a number in force, or null; that it was asked for is on record.</summary>
    public async Task<StoredResource?> ReadAsync(NhsNumber number, Actor actor, CancellationToken cancellation)
    {
        var mark = await FindMarkAsync(number, cancellation);
        await records.CommitAsync(
            new Commit { Occurrence = Tell(actor, number, "number-status", "read") },
            cancellation
        );
        return InactiveNumber.IsMark(mark) ? mark : null;
    }

    /// <summary>Obligations may have become durable: whoever sends looks for them.</summary>
    public void Wake() => signal.Wake();

    private async Task<StoredResource?> FindMarkAsync(NhsNumber number, CancellationToken cancellation)
    {
        var identity = InactiveNumber.Identity(number);
        return (
            await records.ReadByIdentityAsync(RecordType.InactiveNumber, [identity], cancellation)
        ).GetValueOrDefault(identity);
    }

    private Occurrence Tell(Actor actor, NhsNumber number, string what, string how) =>
        writer.Tell(actor, $"numbers/{what}", how) with
        {
            Child = number,
        };

    private static Refusal? Unfit(string kind, bool isInactive) =>
        (kind, isInactive) switch
        {
            (ApprovalRequest.RetireNumber, true) => Conflict("This NHS number was retired before."),
            (ApprovalRequest.RestoreNumber, false) => Conflict(
                "This NHS number is in use: there is nothing to restore."
            ),
            _ => null,
        };

    private static Refusal Conflict(string text) =>
        Refusal.Because(RefusalKind.Conflict, new Issue("conflict", text, "nhsNumber"));
}
