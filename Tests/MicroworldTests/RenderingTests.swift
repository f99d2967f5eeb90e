import Foundation
import Images
import Microworld
import Testing

/// Pictures: the same bytes again, and of the promised size.
@Suite struct RenderingTests {
    @Test(arguments: Split.allCases) func sameBytesAgain(_ split: Split) throws {
        let (first, second) = (try SceneRenderer(), try SceneRenderer())
        for index in 0..<70 {
            let scene = QuestionSource(split: split, seed: 5).question(index).scene
            let png = try first.png(scene)
            #expect(try png == second.png(scene))
            let image = try RGBImage(encoded: png, name: "scene \(index)")
            #expect(image.width == SceneRenderer.side && image.height == SceneRenderer.side)
        }
    }

    @Test func otherScenesLookOther() throws {
        let renderer = try SceneRenderer()
        let scenes = Set((0..<300).map { QuestionSource(split: .train, seed: 1).question($0).scene })
        let pictures = try Set(scenes.map { try renderer.png($0) })
        #expect(pictures.count == scenes.count)
    }
}
