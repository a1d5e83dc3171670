using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Demo.Trying;

/// <summary>What was filled in on the page <c>/try</c>, or is to be filled in when it opens.</summary>
/// <param name="Client">Client id of one of the synthetic clients.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Address">Below the FHIR base, with parameters.</param>
/// <param name="Body">What is sent along; empty for none.</param>
internal sealed record TryForm(string Client, string Method, string Address, string Body)
{
    /// <summary>The methods that there are.</summary>
    public static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE"];

    /// <summary>What is filled in where nobody said anything: a look-up.</summary>
    public static readonly TryForm Empty = new(
        "demo-hareford-ed-triage",
        HttpMethods.Get,
        "Patient/$child-protection?nhsNumber=9991000097",
        ""
    );

    /// <summary>The clients that there are: all of <c>examples/clients</c>.</summary>
    public static IReadOnlyList<ClientFile> Clients { get; } = DemoRegistrations.ReadClients();

    /// <summary>What the fields of a form or of an address say.</summary>
    public static TryForm Of(Func<string, string?> field) =>
        new(
            field("client") ?? Empty.Client,
            field("method") ?? Empty.Method,
            field("address") ?? Empty.Address,
            field("body") ?? Empty.Body
        );

    /// <summary>The client that was chosen; null where there is none of that name.</summary>
    public ClientFile? Chosen => Clients.FirstOrDefault(client => client.ClientId == Client);
}
