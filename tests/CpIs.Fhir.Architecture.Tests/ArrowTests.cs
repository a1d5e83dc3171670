using CpIs.Fhir.Core;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace CpIs.Fhir.Architecture.Tests;

/// <summary>The arrows of the house: Server and Cli use Conformance and Storage, these use Core, Core uses none of them.</summary>
public sealed class ArrowTests
{
    private const string Prefix = "CpIs.Fhir.";
    private const string Core = @"^CpIs\.Fhir\.Core(\..*)?$";

    private static readonly ArchUnitNET.Domain.Architecture Loaded = House.Loaded(typeof(NhsNumber).Assembly);

    [Theory]
    [InlineData("CpIs.Fhir.Core", new string[0])]
    [InlineData("CpIs.Fhir.Conformance", new[] { "Core" })]
    [InlineData("CpIs.Fhir.Synthetic", new[] { "Core" })]
    [InlineData("CpIs.Fhir.Storage.MongoDb", new[] { "Core" })]
    [InlineData("CpIs.Fhir.Storage.Sqlite", new[] { "Core" })]
    [InlineData("CpIs.Fhir.Server", new[] { "Core", "Conformance", "Storage.MongoDb", "Storage.Sqlite", "Synthetic" })]
    [InlineData("cpis", new[] { "Core", "Conformance", "Storage.MongoDb", "Storage.Sqlite", "Synthetic" })]
    public void Arrows_point_inwards_only(string assembly, string[] allowed) =>
        House
            .Named(assembly)
            .GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) || name == "cpis")
            .Should()
            .BeSubsetOf(allowed.Select(name => Prefix + name));

    [Theory]
    [InlineData("Microsoft.AspNetCore")]
    [InlineData("Microsoft.Data.Sqlite")]
    [InlineData("MongoDB")]
    public void Core_knows_no_HTTP_and_no_database(string forbidden) =>
        typeof(NhsNumber)
            .Assembly.GetReferencedAssemblies()
            .Should()
            .NotContain(reference => reference.Name!.StartsWith(forbidden, StringComparison.Ordinal));

    [Fact]
    public void Core_sends_nothing()
    {
        // The syntax of media types is the one thing of System.Net.Http that Core reads.
        var senders = Types().That().HaveFullNameMatching(@"^System\.Net\.(Http\.Http|Sockets\.)");
        var rule = Classes().That().ResideInNamespaceMatching(Core).Should().NotDependOnAny(senders);
        rule.HasNoViolations(Loaded).Should().BeTrue();
    }

    [Fact]
    public void Core_opens_no_file_but_the_two_that_hold_keys()
    {
        var files = Types().That().HaveFullName("System.IO.File").Or().HaveFullName("System.IO.FileStream");
        var rule = Classes()
            .That()
            .ResideInNamespaceMatching(Core)
            .And()
            .DoNotHaveName("ClientFile")
            .And()
            .DoNotHaveName("ProtectionKeyFile")
            .Should()
            .NotDependOnAny(files);
        rule.HasNoViolations(Loaded).Should().BeTrue();
    }

    [Fact]
    public void No_type_is_called_manager_helper_or_util() =>
        House
            .Assemblies.SelectMany(a => a.GetTypes())
            .Where(type => type.Namespace?.StartsWith(Prefix, StringComparison.Ordinal) == true)
            .Select(type => type.Name)
            .Should()
            .NotContain(name =>
                name.EndsWith("Manager", StringComparison.Ordinal)
                || name.EndsWith("Helper", StringComparison.Ordinal)
                || name.Contains("Util", StringComparison.Ordinal)
            );
}
