using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.DailyFiles;

namespace CpIs.Fhir.Server.Administration;

/// <summary>
/// What one person of an organisation asks for and a second one approves. Both steps are on record, and the change itself
/// shares the commit of its approval.
/// </summary>
internal sealed class Approvals(
    RegistrationWriter writer,
    NumberChanges numbers,
    EndMissing endings,
    IdGenerator ids,
    TimeProvider time
)
{
    /// <summary>Keeps the wish to restart the stamps of the caller's authority until a second person approves it.</summary>
    public Task<Result<ApprovalRequest>> AskRestartAsync(
        Caller caller,
        Actor actor,
        string reason,
        CancellationToken cancellation
    ) =>
        writer.ChangeAsync<ApprovalRequest>(
            _ =>
            {
                if (ApprovalRequest.WhoAsks(caller).IsRefused(out var refusal, out var person))
                    return refusal;
                var request = new ApprovalRequest
                {
                    Id = ids.Next(),
                    Kind = ApprovalRequest.RestartStamps,
                    Authority = caller.Organisation,
                    AskedBy = person,
                    Reason = reason,
                    Asked = time.GetUtcNow(),
                };
                return new RegistrationChange<ApprovalRequest>(request)
                {
                    Registrations = [RegistrationForm.Of(request)],
                    Occurrence = writer.Tell(actor, "stamps/restart", $"asked for as {request.Id}: {reason}"),
                };
            },
            cancellation
        );

    /// <summary>Keeps the wish to end what a full daily file leaves out; the same wish again is the same request.</summary>
    public Task<Result<ApprovalRequest>> AskEndAsync(
        Caller caller,
        Actor actor,
        DailyFile file,
        CancellationToken cancellation
    ) =>
        writer.ChangeAsync<ApprovalRequest>(
            current =>
            {
                if (ApprovalRequest.WhoAsks(caller).IsRefused(out var refusal, out var person))
                    return refusal;
                var before = current.FindApproval(caller.Organisation, ApprovalRequest.EndMissing);
                if (before is { ApprovedBy: null } && before.File == file.Id && time.GetUtcNow() < before.Expires())
                    return new RegistrationChange<ApprovalRequest>(before);
                var report = file.Reconciliation!;
                var request = new ApprovalRequest
                {
                    Id = ids.Next(),
                    Kind = ApprovalRequest.EndMissing,
                    Authority = caller.Organisation,
                    AskedBy = person,
                    Reason = $"daily file {file.Sequence}: end {report.Missing} missing plans of {report.Held} open",
                    File = file.Id,
                    Count = report.Missing,
                    Asked = time.GetUtcNow(),
                };
                return new RegistrationChange<ApprovalRequest>(request)
                {
                    Registrations = [RegistrationForm.Of(request)],
                    Occurrence = writer.Tell(actor, "end-missing", $"asked for as {request.Id}: {request.Reason}"),
                };
            },
            cancellation
        );

    /// <summary>Who asked for an ending.</summary>
    /// <param name="actor">The caller, who is the second person where one is needed.</param>
    /// <param name="request">What the second person approves; null where none is needed.</param>
    public static MissingEnding EndingOf(Actor actor, ApprovalRequest? request) =>
        new()
        {
            Asked = default,
            ClientId = actor.ClientId,
            By = request?.AskedBy ?? actor.Person,
            ApprovedBy = request is null ? null : actor.Person,
            RequestId = actor.RequestId,
            CorrelationId = actor.CorrelationId,
        };

    /// <summary>Does what was asked for under that id.</summary>
    public Task<Result<ApprovalRequest>> ApproveAsync(
        Caller caller,
        Actor actor,
        string id,
        CancellationToken cancellation
    ) =>
        writer.ChangeAsync<ApprovalRequest>(
            async current =>
            {
                var asked = current.FindApproval(id);
                if (
                    ApprovalRequest
                        .WhoApproves(asked, caller, time.GetUtcNow())
                        .IsRefused(out var refusal, out var person)
                )
                    return refusal;
                var approved = asked! with { ApprovedBy = person };
                var how =
                    $"asked for by {asked!.AskedBy.Name} ({asked.AskedBy.SdsUserId}), approved by {person.Name} ({person.SdsUserId}): {asked.Reason}";
                if (approved.Kind is ApprovalRequest.RetireNumber or ApprovalRequest.RestoreNumber)
                    return await numbers.ChangeAsync(approved, actor, how, cancellation);
                if (approved.Kind == ApprovalRequest.EndMissing)
                    return await EndAsync(approved, actor, how, cancellation);
                var authority = current.Find(caller.Organisation)!;
                return new RegistrationChange<ApprovalRequest>(approved)
                {
                    Registrations =
                    [
                        RegistrationForm.Of(approved),
                        RegistrationForm.Of(authority with { StampEpoch = authority.StampEpoch + 1 }),
                    ],
                    Occurrence = writer.Tell(actor, $"approvals/{id}", $"{approved.Kind} of {authority.Code}, {how}"),
                };
            },
            cancellation
        );

    /// <summary>
    /// The ending begins before the mark that it was approved is kept: whoever dies between the two leaves an ending with both names, and the same
    /// approval again finds it there.
    /// </summary>
    private async Task<Result<RegistrationChange<ApprovalRequest>>> EndAsync(
        ApprovalRequest approved,
        Actor actor,
        string how,
        CancellationToken cancellation
    )
    {
        var begun = await endings.BeginAsync(
            approved.File!,
            approved.Count!.Value,
            EndingOf(actor, approved),
            cancellation
        );
        return begun.IsRefused(out var refusal, out _)
            ? refusal
            : new RegistrationChange<ApprovalRequest>(approved)
            {
                Registrations = [RegistrationForm.Of(approved)],
                Occurrence = writer.Tell(actor, $"approvals/{approved.Id}", $"{approved.Kind}, {how}"),
            };
    }
}
