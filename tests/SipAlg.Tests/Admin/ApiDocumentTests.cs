using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SipAlg.Tests.Configuration;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>What docs/api.md tells to type is typed, and what it shows as an answer is one.</summary>
public sealed partial class ApiDocumentTests
{
    [Fact]
    public async Task Every_example_does_what_it_says()
    {
        await using var host = await RunningHost.StartAsync(admin: "token: secret, read_token: look");
        using var phone = host.Phone();
        await phone.CallAsync("600");
        var document = (await host.GetAsync("openapi.json")).Body!;
        var id = (string?)(await host.GetAsync("api/v1/calls", "secret")).Body!["items"]![0]!["id"];
        var (examples, shown) = (0, 0);
        string operation = "", status = "";

        foreach (Match block in Fence().Matches(await File.ReadAllTextAsync(Repository.File("docs", "api.md"))))
        {
            if (block.Groups["kind"].Value == "json")
            {
                var schema = Follow(document, operation, status);
                Assert.Empty(new SchemaCheck(document).Faults(JsonNode.Parse(block.Groups["text"].Value), schema).Select(fault => $"{operation}: {fault}"));
                shown++;
                continue;
            }

            foreach (var line in block.Groups["text"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                (operation, status) = await RunAsync(host, line.Replace("'$TOKEN'", "secret", StringComparison.Ordinal), id!);
                examples++;
            }
        }

        Assert.True(examples >= 15 && shown >= 4, $"{examples} examples, {shown} answers");
    }

    [Fact]
    public async Task Every_path_of_the_API_is_in_the_document()
    {
        await using var host = await RunningHost.StartAsync();
        var text = await File.ReadAllTextAsync(Repository.File("docs", "api.md"));

        var missing = (await host.GetAsync("openapi.json")).Body!["paths"]!.AsObject().Select(path => path.Key)
            .Where(path => path.StartsWith("/api/", StringComparison.Ordinal)).Where(path => !text.Contains(path, StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    /// <summary>As a shell and curl would, as far as the examples need them.</summary>
    /// <returns>The operation, and the status of its answer.</returns>
    private static async Task<(string Operation, string Status)> RunAsync(RunningHost host, string line, string id)
    {
        var words = Word().Matches(line).Select(word => word.Value.StartsWith('\'') ? word.Value[1..^1] : Variables(word.Value.Trim('"'), id)).ToArray();
        Assert.Equal("curl", words[0]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(words[^1], UriKind.Relative));
        var type = "application/x-www-form-urlencoded";
        for (var index = 1; index < words.Length - 1; index += 2)
        {
            var value = words[index + 1];
            switch (words[index])
            {
                case "-X":
                    request.Method = new HttpMethod(value);
                    break;
                case "-H" when value.StartsWith("Content-Type: ", StringComparison.Ordinal):
                    type = value["Content-Type: ".Length..];
                    break;
                case "-H":
                    request.Headers.Add(value.Split(": ")[0], value.Split(": ")[1]);
                    break;
                case "-d":
                    request.Method = HttpMethod.Post;
                    request.Content = new StringContent(value, Encoding.UTF8);
                    break;
                default:
                    Assert.Equal("-o", words[index]);
                    break;
            }
        }

        request.Content?.Headers.ContentType = new(type);
        using var answer = await host.Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{line}\n{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return ($"{request.Method.Method.ToLowerInvariant()} /{words[^1].Split('?')[0]}", ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string Variables(string word, string id) =>
        word.Replace("$GATEWAY/", "", StringComparison.Ordinal).Replace("$TOKEN", "secret", StringComparison.Ordinal).Replace("$ID", id, StringComparison.Ordinal);

    private static JsonNode Follow(JsonNode document, string operation, string status)
    {
        var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
        return document["paths"]![path]![method]!["responses"]![status]!["content"]!["application/json"]!["schema"]!;
    }

    [GeneratedRegex("^```(?<kind>\\w*)\n(?<text>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();

    [GeneratedRegex("'[^']*'|\"[^\"]*\"|[^ '\"]+")]
    private static partial Regex Word();
}
