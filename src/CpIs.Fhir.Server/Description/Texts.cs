using CpIs.Fhir.Conformance.Capabilities;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Description;

/// <summary>The table in words.</summary>
internal static class Texts
{
    /// <summary>A kind of caller, in the plural.</summary>
    public static string Of(CallerKind kind) =>
        kind switch
        {
            CallerKind.Authority => "local authorities",
            CallerKind.Setting => "care settings",
            CallerKind.Tester => "testers",
            CallerKind.Operator => "operators",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    /// <summary>What a row does.</summary>
    public static string Of(OfferedRoute route) =>
        (route.Does, route.Resource?.Type) switch
        {
            (CapabilityTable.Transaction, _) => "Upload children and their plans in one transaction",
            ("capabilities", _) => "What this server supports: the CapabilityStatement",
            ("smart-configuration", _) => "Where a client gets its access token",
            ("read", var type) => $"Read one {type}",
            ("vread", var type) => $"Read one version of one {type}",
            ("history-instance", var type) => $"The versions of one {type}",
            ("search-type", var type) => $"Search {type}",
            ("create", var type) => $"Create one {type}",
            ("update", var type) => $"Update one {type} by {Known(route)}",
            ("delete", var type) => $"Delete one {type} by {Known(route)}",
            ("$upload", null) when route.Method == "POST" =>
                "Send a daily file (CSV, NDJSON or a Bundle of records): each record is judged and stored by itself, and the answer tells what to mend",
            ("$worklist", null) => "What an authority has not been told of, or has not taken, by age",
            ("$quality", null) => "The data quality of an authority's register, as of the last night",
            ("$acknowledge", null) => "A named person takes the notices of attendances",
            ("$upload", null) => route.Method == "GET" ? "The answer to a daily file" : "Cancel a daily file",
            ("$holdings", null) => "Everything that the server holds of an authority",
            ("$reconciliation", null) => "How a full daily file compares with what is held",
            ("$end-missing", null) when route.Method == "POST" => "End the plans that a full daily file leaves out",
            ("$end-missing", null) => "What became of the plans that a full daily file leaves out",
            (var operation, var type) => $"{operation} of {type}",
        };

    private static string Known(OfferedRoute route) =>
        route.IsConditional ? "the authority's own identifier" : "its id";
}
