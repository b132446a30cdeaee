using System.Text;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>Who sends a body that is not as it should be is told what is wrong with it, and how it should be.</summary>
public sealed class BodyFaultTests
{
    [Fact]
    public async Task Says_what_is_wrong_without_a_word_of_the_program()
    {
        await using var host = await RunningHost.StartAsync();
        foreach (var (path, body, said) in new[]
        {
            ("drain", "{\"deadlin\":\"5m\"}", "There is no 'deadlin': the body may have 'deadline'."),
            ("drain", "{\"dead line\":\"5m\"}", "There is no 'dead line': the body may have 'deadline'."),
            ("drain", "{\"deadline\":5}", "'deadline' is of another kind than it should be; /openapi.json says which."),
            ("drain", "[]", "The body is an object."),
            ("route", "{}", "The body is an object with 'called'."),
            ("route", "{\"called\":\"1\",\"headers\":{\"X\":1}}", "'headers' is of another kind than it should be; /openapi.json says which."),
            ("route", "{\"called\":", "The body is no JSON: "),
            ("route", "null", "The body is null."),
        })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await host.Http.PostAsync(new Uri($"api/v1/{path}", UriKind.Relative), content);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.Equal((body, 400), (body, (int)answer.StatusCode));
            Assert.Contains(said, System.Text.Json.Nodes.JsonNode.Parse(text)!["message"]!.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("SipAlg.", text, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        }

        Assert.False(host.Gateway.IsDraining);
    }
}
