using System.Text;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Core.Uploads;
using CpIs.Fhir.Server.Pages;
using CpIs.Fhir.Server.Security;

namespace CpIs.Fhir.Server.Validation;

/// <summary>
/// The page <c>/validate</c>, for anyone. It changes nothing, so a request forged by another site gains nothing; how often one
/// address may ask is limited.
/// </summary>
internal static class ValidatePages
{
    public static void MapValidatePage(this IEndpointRouteBuilder app)
    {
        app.MapGet("/validate", () => ValidatePage.Form()).AllowAnonymous();
        app.MapPost("/validate", AnswerAsync).AllowAnonymous();
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        ValidationDesk desk,
        RequestLimits limits,
        UploadOptions uploads
    )
    {
        if (limits.CheckPage(context.Connection.RemoteIpAddress) is not null)
            return Busy(
                context,
                "Too much was validated from your network address. Wait a few seconds, then try again."
            );
        if (await ValidateForm.ReadAsync(context) is not { } sent)
            return ValidatePage.Form(
                "The resource must be smaller than 1 MiB. Use the command cpis validate for larger ones.",
                status: StatusCodes.Status413PayloadTooLarge
            );
        if (string.IsNullOrWhiteSpace(sent.Text))
            return ValidatePage.Form("Paste a resource or choose a file", sent, StatusCodes.Status400BadRequest);
        if (sent.Profile.Length > 0 && desk.Conformance.Canonical(sent.Profile) is null)
            return ValidatePage.Form("Choose a profile from the list", sent, StatusCodes.Status400BadRequest);
        var verdict = await desk.ValidateAsync(
            FhirSource.Read(
                Encoding.UTF8.GetBytes(sent.Text),
                FhirSource.Limits with
                {
                    MaximumEntries = uploads.MaximumEntries,
                }
            ),
            sent.Profile.Length > 0 ? [sent.Profile] : [],
            context.RequestAborted
        );
        return verdict.IsRefused(out _, out var result)
            ? Busy(context, "Too much is validated at the moment. Wait a few seconds, then try again.")
            : ValidatePage.Verdict(sent, result);
    }

    private static Page Busy(HttpContext context, string why)
    {
        context.Response.Headers.RetryAfter = "5";
        return ValidatePage.Form(why, status: StatusCodes.Status429TooManyRequests);
    }
}
