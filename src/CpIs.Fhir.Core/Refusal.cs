using System.Globalization;

namespace CpIs.Fhir.Core;

/// <summary>Why a request was refused; the server gives each kind its HTTP status (in brackets).</summary>
public enum RefusalKind
{
    /// <summary>The request cannot be parsed, or breaks FHIR's own rules (400).</summary>
    Malformed,

    /// <summary>Nobody is known to be behind the request (401).</summary>
    Unauthenticated,

    /// <summary>The caller may not do this (403).</summary>
    Forbidden,

    /// <summary>Nothing of that name is the caller's (404). Not yours is unknown.</summary>
    Unknown,

    /// <summary>It was the caller's, and was deleted (410).</summary>
    Gone,

    /// <summary>The interaction does not exist here (405).</summary>
    NotAllowed,

    /// <summary>The answer cannot be given in a media type the caller accepts (406).</summary>
    NotAcceptable,

    /// <summary>Another request got there first, or the same request id came with another body (409).</summary>
    Conflict,

    /// <summary>A stale version, or an ambiguous condition (412).</summary>
    PreconditionFailed,

    /// <summary>More bytes or entries than the limit (413).</summary>
    TooLarge,

    /// <summary>The media type of the body is not spoken here (415).</summary>
    UnsupportedMediaType,

    /// <summary>A profile or a rule of CP-IS is broken (422).</summary>
    Rule,

    /// <summary>Too many requests; <see cref="Refusal.RetryAfter"/> says when to come again (429).</summary>
    TooMany,

    /// <summary>The store could not answer or could not record (503).</summary>
    CouldNotCheck,

    /// <summary>The body took longer than its time (408).</summary>
    TooSlow,

    /// <summary>The address with its parameters is longer than the limit (414).</summary>
    AddressTooLong,
}

/// <summary>
/// An expected failure as a value: what kind it is and each problem found. Bugs are exceptions; refusals are not.
/// </summary>
/// <param name="Kind">Decides the HTTP status.</param>
/// <param name="Issues">At least one problem, each with its place where it has one.</param>
/// <param name="RetryAfter">How long to wait before trying again, for 409, 429 and 503.</param>
public sealed record Refusal(RefusalKind Kind, IReadOnlyList<Issue> Issues, TimeSpan? RetryAfter = null)
{
    /// <summary>A refusal for one problem.</summary>
    public static Refusal Because(RefusalKind kind, Issue issue) => new(kind, [issue]);

    /// <summary>400 with one problem of search or body syntax.</summary>
    public static Refusal Malformed(
        string diagnostics,
        string? expression = null,
        string spine = SpineCodes.InvalidValue
    ) => Because(RefusalKind.Malformed, new Issue("invalid", diagnostics, expression, spine));

    /// <summary>403. The text must not depend on whether a plan exists.</summary>
    public static Refusal Forbidden(string diagnostics, string? expression = null) =>
        Because(RefusalKind.Forbidden, new Issue("forbidden", diagnostics, expression, SpineCodes.AccessDenied));

    /// <summary>404, in the same words for "does not exist" and "is not yours".</summary>
    public static Refusal Unknown(string what) =>
        Because(
            RefusalKind.Unknown,
            new Issue("not-found", $"{what} was not found.", null, SpineCodes.ResourceNotFound)
        );

    /// <summary>410: it was deleted.</summary>
    /// <param name="what">What.</param>
    /// <param name="advice">What its owner may do.</param>
    public static Refusal Gone(string what, string advice = "Its _history tells what it was before.") =>
        Because(
            RefusalKind.Gone,
            new Issue("deleted", $"{what} was deleted. {advice}", null, SpineCodes.ResourceNotFound)
        );

    /// <summary>412: the version in If-Match is not the current one.</summary>
    public static Refusal Stale(int sent, int current) =>
        Because(
            RefusalKind.PreconditionFailed,
            new Issue(
                "conflict",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"If-Match names version {sent}. The current version is {current}. Read it and send again."
                ),
                "http.If-Match",
                SpineCodes.ResourceVersionMismatch
            )
        );

    /// <summary>409: other writes were first, again and again.</summary>
    public static Refusal Changing() =>
        new(
            RefusalKind.Conflict,
            [
                new Issue(
                    "conflict",
                    "Others are changing the same resource. Try again.",
                    null,
                    SpineCodes.InvalidUpdate
                ),
            ],
            TimeSpan.FromSeconds(1)
        );

    /// <summary>503 of what is not a look-up: nothing is known of the outcome (promise 9).</summary>
    public static Refusal Unavailable() =>
        new(
            RefusalKind.CouldNotCheck,
            [
                new Issue(
                    "transient",
                    "The store did not answer, so the outcome is unknown. Send the same request again with the same X-Request-ID.",
                    null,
                    SpineCodes.UnableToCallService
                ),
            ],
            TimeSpan.FromSeconds(5)
        );

    /// <summary>503 to an authority whose upload met a store that did not answer.</summary>
    public static Refusal UploadUnknown() =>
        new(
            RefusalKind.CouldNotCheck,
            [
                new Issue(
                    "transient",
                    "Your upload was not stored, or we do not know whether it was. Send it again with the same X-Request-ID: nothing is stored twice.",
                    null,
                    SpineCodes.UnableToCallService
                ),
            ],
            TimeSpan.FromSeconds(5)
        );
}

/// <summary>
/// One problem, as it stands in <c>OperationOutcome.issue</c>.
/// </summary>
/// <param name="Code">FHIR issue-type code, such as <c>invalid</c>, <c>business-rule</c>, <c>forbidden</c>.</param>
/// <param name="Diagnostics">What is wrong and which rule says so, for a person. Holds no personal data.</param>
/// <param name="Expression">FHIRPath of the place, such as <c>Bundle.entry[3].resource.period</c>, where there is one.</param>
/// <param name="Spine">One of <see cref="SpineCodes"/>, where one fits.</param>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>information</c>.</param>
/// <param name="Rule">Stable id of the rule that was broken, such as <c>cpis-episode-period</c>, where it has one.</param>
public sealed record Issue(
    string Code,
    string Diagnostics,
    string? Expression = null,
    string? Spine = null,
    string Severity = "error",
    string? Rule = null
)
{
    /// <summary>Line and column in the text that was sent, both from 1, where they are known.</summary>
    public (int Line, int Column)? Position { get; init; }
}

/// <summary>The Spine error and warning codes in use (UK Core Spine-ErrorOrWarningCode).</summary>
public static class SpineCodes
{
#pragma warning disable CS1591 // Each name is its code.
    public const string AccessDenied = "ACCESS_DENIED";
    public const string InvalidSearchData = "INVALID_SEARCH_DATA";
    public const string InvalidValue = "INVALID_VALUE";
    public const string MissingValue = "MISSING_VALUE";
    public const string UnsupportedValue = "UNSUPPORTED_VALUE";
    public const string UnsupportedService = "UNSUPPORTED_SERVICE";
    public const string ResourceNotFound = "RESOURCE_NOT_FOUND";
    public const string InvalidResourceId = "INVALID_RESOURCE_ID";
    public const string PreconditionFailed = "PRECONDITION_FAILED";
    public const string ResourceVersionMismatch = "RESOURCE_VERSION_MISMATCH";
    public const string ValidationError = "VALIDATION_ERROR";
    public const string InvalidUpdate = "INVALID_UPDATE";
    public const string TooManyValues = "TOO_MANY_VALUES_SUBMITTED";
    public const string UnableToCallService = "UNABLE_TO_CALL_SERVICE";
    public const string FailureToProcessMessage = "FAILURE_TO_PROCESS_MESSAGE";
#pragma warning restore CS1591
}
