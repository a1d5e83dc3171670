using System.Globalization;
using System.Text.Json.Nodes;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Numbers;
using CpIs.Fhir.Server.Admission;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Administration;

/// <summary>
/// NHS numbers that are no longer in use: two operators retire one, or restore it. The number is in the body, as no URL holds one.
/// </summary>
internal static class NumberEndpoints
{
    private const int LargestBody = 4 * 1024;

    public static void MapNumbers(this IEndpointRouteBuilder routes)
    {
        var admin = routes
            .MapGroup("/admin/numbers")
            .Admit(Admits.Only(Guest.Operator("system/admin")) with { IsFhir = false });
        admin.MapPost("/retire", (HttpContext c, NumberChanges n) => AskAsync(c, n, ApprovalRequest.RetireNumber));
        admin.MapPost("/restore", (HttpContext c, NumberChanges n) => AskAsync(c, n, ApprovalRequest.RestoreNumber));
        admin.MapPost("/status", ReadAsync);
    }

    private static async Task<IResult> AskAsync(HttpContext context, NumberChanges numbers, string kind)
    {
        if ((await ReadFormAsync(context)).IsRefused(out var refusal, out var form))
            return FhirResults.Refused(refusal);
        var retires = kind == ApprovalRequest.RetireNumber;
        form.Only(retires ? ["nhsNumber", "reason"] : ["nhsNumber"]);
        var number = Number(form);
        var reason = retires ? form.Text("reason", required: true) : "retired by mistake";
        if (retires && reason is not null && !InactiveNumber.Reasons.Contains(reason))
            form.Problem(
                "reason",
                $"This must be one of {string.Join(", ", InactiveNumber.Reasons)}. A death is no reason: a notice of death hides nothing.",
                "code-invalid"
            );
        if (form.Refusal is { } problems)
            return FhirResults.Refused(problems);
        var asked = await numbers.AskAsync(
            kind,
            number!.Value,
            reason!,
            context.Caller(),
            ActorOf(context),
            context.RequestAborted
        );
        if (asked.IsRefused(out refusal, out var wish))
            return FhirResults.Refused(refusal);
        var view = ApprovalEndpoints.View(wish.Request);
        view["authoritiesAffected"] = wish.Affected;
        return Answer(view, StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ReadAsync(HttpContext context, NumberChanges numbers)
    {
        if ((await ReadFormAsync(context)).IsRefused(out var refusal, out var form))
            return FhirResults.Refused(refusal);
        form.Only("nhsNumber");
        var number = Number(form);
        if (form.Refusal is { } problems)
            return FhirResults.Refused(problems);
        var mark = await numbers.ReadAsync(number!.Value, ActorOf(context), context.RequestAborted);
        return Answer(
            new JsonObject
            {
                ["status"] = mark is null ? "in-use" : "retired",
                ["reason"] = mark is null ? null : InactiveNumber.ReasonOf(mark),
                ["since"] = mark?.LastUpdated.ToString("O", CultureInfo.InvariantCulture),
            },
            StatusCodes.Status200OK
        );
    }

    private static NhsNumber? Number(JsonForm form)
    {
        if (form.Text("nhsNumber", required: true) is not { } text)
            return null;
        if (NhsNumber.TryParse(text, out var number))
            return number;
        form.Problem(
            "nhsNumber",
            "Not a valid NHS number. An NHS number is ten digits without spaces; the last is a check digit."
        );
        return null;
    }

    private static async Task<Result<JsonForm>> ReadFormAsync(HttpContext context) =>
        (await RequestBody.ReadJsonAsync(context, LargestBody)).IsRefused(out var refusal, out var body)
            ? refusal
            : JsonForm.Parse(body);

    private static Actor ActorOf(HttpContext context) => Actor.Of(context.Caller(), context.Identity());

    private static IResult Answer(JsonObject body, int status) =>
        Results.Text(body.ToJsonString(), "application/json", statusCode: status);
}
