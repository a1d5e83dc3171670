using System.ComponentModel.DataAnnotations;
using CpIs.Fhir.Core.Notifications;

namespace CpIs.Fhir.Core.Tests.Notifications;

public sealed class MeshOptionsTests
{
    private static readonly MeshOptions Whole = new()
    {
        Url = "https://mesh.example",
        Mailbox = "X26ABC1",
        PasswordFile = "password",
        SharedKeyFile = "key",
        CertificateFile = "certificate",
        CertificateKeyFile = "certificate-key",
        AccessWorkflow = "WORKFLOW",
        Mailboxes = new Dictionary<string, string> { ["XHF01"] = "X26ABC2" },
    };

    public static TheoryData<string, MeshOptions> Wrong =>
        new()
        {
            { nameof(MeshOptions.Url), Whole with { Url = "http://mesh.example" } },
            { nameof(MeshOptions.Url), Whole with { Url = "https://mesh.example/path" } },
            { nameof(MeshOptions.Url), Whole with { Url = "http://127.0.0.1.evil.example" } },
            { nameof(MeshOptions.Mailbox), Whole with { Mailbox = "x26abc1" } },
            { nameof(MeshOptions.PasswordFile), Whole with { PasswordFile = "" } },
            { nameof(MeshOptions.SharedKeyFile), Whole with { SharedKeyFile = "" } },
            { nameof(MeshOptions.AccessWorkflow), Whole with { AccessWorkflow = "" } },
            { nameof(MeshOptions.CertificateFile), Whole with { CertificateFile = "", CertificateKeyFile = "" } },
            { nameof(MeshOptions.CertificateKeyFile), Whole with { CertificateKeyFile = "" } },
            { nameof(MeshOptions.Mailboxes), Whole with { Mailboxes = Map("not a code", "X26ABC2") } },
            { nameof(MeshOptions.Mailboxes), Whole with { Mailboxes = Map("XHF01", "mesh:X26ABC2") } },
            {
                nameof(MeshOptions.Mailboxes),
                new MeshOptions { Mailboxes = Map("XHF01", "X26ABC2") }
            },
        };

    [Fact]
    public void Nothing_and_the_whole_are_right_and_http_is_for_this_machine_only()
    {
        Problems(new MeshOptions()).Should().BeEmpty();
        Problems(Whole).Should().BeEmpty();
        Problems(Whole with { Url = "http://127.0.0.1:8700", CertificateFile = "", CertificateKeyFile = "" })
            .Should()
            .BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_named(string setting, MeshOptions options) =>
        Problems(options).Should().Contain(problem => problem.MemberNames.Contains(setting));

    private static Dictionary<string, string> Map(string authority, string mailbox) => new() { [authority] = mailbox };

    private static List<ValidationResult> Problems(MeshOptions options)
    {
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true);
        return problems;
    }
}
