namespace SipAlg.Interop.Tests.Harness;

/// <content>Its files change while it runs.</content>
internal sealed partial class GatewayProcess
{
    /// <summary>Puts another dialplan in the place of the one that it was started with.</summary>
    public void Write(string dialplan)
    {
        var file = _folder.Write("dialplan.yaml.new", dialplan);
        File.Move(file, file[..^".new".Length], overwrite: true);
    }

    /// <returns>The status of the answer: 200, or 422 for files with errors.</returns>
    public async Task<int> ReloadAsync()
    {
        using var answer = await _http.PostAsync(new Uri("/api/v1/reload", UriKind.Relative), null);
        return (int)answer.StatusCode;
    }
}
