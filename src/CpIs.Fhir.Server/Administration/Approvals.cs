using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Administration;

/// <summary>
/// What one person of an organisation asks for and a second one approves. Both steps are on record, and the change itself
/// shares the commit of its approval.
/// </summary>
internal sealed class Approvals(RegistrationWriter writer, NumberChanges numbers, IdGenerator ids, TimeProvider time)
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
}
