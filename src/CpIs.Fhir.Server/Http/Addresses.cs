using Microsoft.AspNetCore.Routing.Template;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// Which methods there are at an address. Routing says so too, but counts those of other addresses that begin alike: to it
/// <c>Patient/$child-protection</c> may be the Patient of that id.
/// </summary>
/// <param name="endpoints">Everything that is mapped.</param>
/// <param name="policies">Makes the constraints of a route.</param>
internal sealed class Addresses(EndpointDataSource endpoints, ParameterPolicyFactory policies)
{
    private static readonly string[] Order = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    private readonly Lazy<IReadOnlyList<Address>> _all = new(() =>
        [.. endpoints.Endpoints.OfType<RouteEndpoint>().Select(endpoint => new Address(endpoint, policies))]
    );

    /// <summary>The methods at the address of a request, in a fixed order; none where the address does not exist.</summary>
    public IReadOnlyList<string> MethodsAt(HttpRequest request) =>
        [
            .. _all
                .Value.Where(address => address.Matches(request.Path))
                .SelectMany(address => address.Methods)
                .Distinct()
                .OrderBy(method => Array.IndexOf(Order, method)),
        ];

    private sealed class Address
    {
        private readonly TemplateMatcher _matcher;
        private readonly IReadOnlyList<(string Parameter, IRouteConstraint Constraint)> _constraints;

        public Address(RouteEndpoint endpoint, ParameterPolicyFactory policies)
        {
            var pattern = endpoint.RoutePattern;
            Methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
            _matcher = new TemplateMatcher(new RouteTemplate(pattern), []);
            _constraints =
            [
                .. pattern.ParameterPolicies.SelectMany(named =>
                    named
                        .Value.Select(policy => policies.Create(pattern.GetParameter(named.Key), policy))
                        .OfType<IRouteConstraint>()
                        .Select(constraint => (named.Key, constraint))
                ),
            ];
        }

        public IReadOnlyList<string> Methods { get; }

        public bool Matches(PathString path)
        {
            var values = new RouteValueDictionary();
            return _matcher.TryMatch(path, values)
                && _constraints.All(each =>
                    each.Constraint.Match(null, null, each.Parameter, values, RouteDirection.IncomingRequest)
                );
        }
    }
}
