namespace SipAlg.Interop.Tests.Harness;

/// <content>Its files change while it runs.</content>
internal sealed partial class GatewayProcess
{
    private string? _configuration;

    /// <summary>Puts another dialplan in the place of the one that it was started with.</summary>
    public void Write(string dialplan) => WriteFile("dialplan.yaml", dialplan);

    /// <summary>Writes its configuration anew, as it was at its start with these changes.</summary>
    public void Configure(Func<string, string> change)
    {
        _configuration ??= File.ReadAllText(_folder["sipalg.yaml"]);
        var file = _folder.Write("sipalg.yaml.new", change(_configuration));
        File.Move(file, file[..^".new".Length], overwrite: true);
    }

    /// <summary>Writes a file beside it.</summary>
    public void WriteFile(string name, string text)
    {
        var file = _folder.Write($"{name}.new", text);
        File.Move(file, file[..^".new".Length], overwrite: true);
    }

    /// <returns>The status of the answer: 200, or 422 for files with errors.</returns>
    public async Task<int> ReloadAsync()
    {
        using var answer = await _http.PostAsync(new Uri("/api/v1/reload", UriKind.Relative), null);
        return (int)answer.StatusCode;
    }
}
